import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { newCheckout, runScript } from '../support/checkout.ts'
import { main, rekey } from '../support/command.ts'
import { serve } from '../support/serve.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { temporaryFolder } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

function curlOf(output: string): string {
  return output.slice(output.indexOf('curl -X PATCH')).split('\n').slice(0, 3).join('\n')
}

function secretIn(text: string): string {
  return (JSON.parse(text) as { signingSecret: string }).signingSecret
}

test('in development, the first start creates a key file with mode 600, and every start prints a curl command that rotates a secret', async (context) => {
  needsTools(context, 'curl')
  const cwd = temporaryFolder()
  const server = await serve(cwd)
  const file = join(cwd, 'data', 'keys.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const keys = readFileSync(file, 'utf8')
  const rotate = () => spawnSync('bash', ['-c', curlOf(server.output())], { encoding: 'utf8' }).stdout
  const secrets = [rotate(), rotate()].map(secretIn)
  expect(new Set(secrets).size).toBe(2)
  expect(await server.stop('SIGTERM')).toBe(0)
  for (const secret of secrets) expect(server.output()).not.toContain(secret)

  const again = await serve(cwd)
  expect(readFileSync(file, 'utf8')).toBe(keys)
  const { stdout } = spawnSync('bash', ['-c', curlOf(again.output())], { encoding: 'utf8' })
  expect(secretIn(stdout)).toMatch(/^whsec_/)
  expect(await again.stop('SIGINT')).toBe(0)
})

test('in development, the printed curl command and console URL use REKEY_PUBLIC_URL, and the log has the address', async () => {
  const publicUrl = 'https://platform.example/rekey'
  const { output } = await serve(temporaryFolder(), { HOST: '[::]', REKEY_PUBLIC_URL: `${publicUrl}/` })
  expect(curlOf(output())).toContain(`"${publicUrl}/api/v1/applications/example_string/webhooks/`)
  expect(output()).toContain(` ${publicUrl}/console\n`)
  expect(output()).toMatch(/"origin":"http:\/\/\[::\]:\d+"/)
})

test.each([
  ['a symbolic link', ['ln', '-s', '../other.json'], 'is a symbolic link'],
  ['a pipe', ['mkfifo'], 'is a directory, pipe or device'],
  ['a directory', ['mkdir'], 'is a directory, pipe or device'],
] as const)('in development, rejects a key file that is %s', async (_, [make, ...more], message) => {
  const cwd = temporaryFolder()
  mkdirSync(join(cwd, 'data'))
  writeFileSync(join(cwd, 'other.json'), '{}', { mode: 0o600 })
  spawnSync(make, [...more, 'data/keys.json'], { cwd })
  const { code, stderr } = await rekey(['token'], { cwd })
  expect([code, stderr]).toEqual([1, expect.stringContaining(`data/keys.json ${message}`)])
})

test('in production, the server logs only JSON lines and does not start without keys', async () => {
  const cwd = temporaryFolder()
  const production = { NODE_ENV: 'production' }
  const refused = await rekey(['serve'], { cwd, environment: production })
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('REKEY_ENCRYPTION_KEYS is not set')
  expect(refused.stderr).toContain('REKEY_JWT_SECRET')
  expect(existsSync(join(cwd, 'data'))).toBe(false)

  const server = await serve(cwd, { ...production, ...exampleEnvironment })
  expect(await server.stop('SIGTERM')).toBe(0)
  for (const line of server.output().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
})

test('if the port is in use or the database is unreachable, startup fails with one line that names the address', async () => {
  const listener = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => {
    listener.close()
  })
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const start = (environment: Environment) =>
    rekey(['serve'], {
      cwd: temporaryFolder(),
      environment: { NODE_ENV: 'production', ...exampleEnvironment, ...environment },
    })
  const taken = await start({ PORT: String(port) })
  expect([taken.code, taken.stderr]).toEqual([
    1,
    `rekey serve: cannot listen: port ${port} on 127.0.0.1 is in use; stop the other program, or choose another port with PORT=, such as PORT=0 for any free one\n`,
  ])
  listener.close()
  const lost = await start({ PORT: '0', DATABASE_URL: `postgres://rekey@127.0.0.1:${port}/rekey` })
  expect([lost.code, lost.stderr]).toEqual([
    1,
    `rekey serve: the database is unavailable: connect ECONNREFUSED 127.0.0.1:${port}\n`,
  ])
})

test('a user who may not listen on a port below 1024 gets an error that names PORT and what to do', (context) => {
  needsTools(context, 'bwrap')
  // A network namespace of its own, where no setting of the machine opens the ports.
  const sandbox = ['--unshare-user', '--unshare-net', '--uid', '1000', '--dev-bind', '/', '/']
  const { status, stderr } = spawnSync('bwrap', [...sandbox, process.execPath, main, 'serve'], {
    cwd: temporaryFolder(),
    env: { NODE_ENV: 'production', ...exampleEnvironment, PORT: '80' },
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([
    1,
    'rekey serve: cannot listen: this user may not listen on port 80; choose a port from 1024 up, such as PORT=8080, or grant the capability CAP_NET_BIND_SERVICE\n',
  ])
})

test('the server reports an unwritable log once and keeps serving until it is stopped', async (context) => {
  if (!existsSync('/dev/full')) return context.skip('only Linux has /dev/full')
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd: temporaryFolder(),
    env: { NODE_ENV: 'production', ...exampleEnvironment, PORT: String(port) },
    stdio: ['ignore', full, 'pipe'],
  })
  closeSync(full)
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const ended = once(child, 'close')
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ status }) => status,
      () => 0,
    )
  await expect.poll(ask, { timeout: 15_000 }).toBe(200)
  for (let i = 0; i < 20; i++) expect(await ask()).toBe(200)
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(errors).toMatch(/^rekey: cannot write the log: ENOSPC.*\n$/)
})

test('with a misspelled NODE_ENV, startup fails and creates no development keys', async () => {
  const cwd = temporaryFolder()
  const { code, stderr } = await rekey(['serve'], { cwd, environment: { NODE_ENV: 'prod' } })
  expect(code).toBe(2)
  expect(stderr).toContain('NODE_ENV must be production, development or test')
  expect(existsSync(join(cwd, 'data'))).toBe(false)
})

test('a second signal, such as the one that npm forwards, does not interrupt the shutdown', async () => {
  const { pid, output, stop } = await serve(temporaryFolder())
  process.kill(pid, 'SIGINT')
  expect(await stop('SIGTERM')).toBe(0)
  expect(output()).toContain('"closed"')
})

test('SIGTERM to `npm start` shuts the server down, and npm exits with its code once it has', async (context) => {
  needsTools(context, 'npm')
  const folder = newCheckout()
  const npm = runScript('exec npm start', folder, { PORT: '0' })
  await expect.poll(npm.output, { timeout: 40_000 }).toContain('Bearer ey')
  process.kill(npm.pid, 'SIGTERM')
  expect(await npm.ended).toBe(0)
  expect(npm.output()).toContain('"closed"')
  const [origin = ''] = /http:\/\/[\d.]+:\d+/.exec(npm.output()) ?? []
  await expect(fetch(`${origin}/healthz`)).rejects.toThrow('fetch failed')
})

test('if Node is too old, startup fails with one line that names it and says what to do', async () => {
  const pretendOld =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })"
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(pretendOld)}`
  const { code, stdout, stderr } = await rekey(['serve'], {
    cwd: temporaryFolder(),
    environment: { NODE_OPTIONS },
  })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toBe(
    `Rekey needs Node 24 or newer, and ${process.execPath} is Node 20.20.2; install Node 24, or run \`npm ci\` ` +
      'in a checkout, which installs it in node_modules/.bin\n',
  )
  // An old Node resolves every static import first, and fails if a module lacks an imported name.
  const imports = readFileSync(main, 'utf8').matchAll(/^import .*$/gm)
  expect([...imports].map(([line]) => line)).toEqual([
    "import './check-node.cjs'",
    "import { join } from 'node:path'",
  ])
})

test("if either thread throws or the core's thread exits, the process reports the cause and exits with code 1", async () => {
  for (const [thread, fault, told] of [
    ['isMainThread', "throw new Error('a fault for a test')", 'a fault for a test'],
    ['!isMainThread', "throw new Error('a fault for a test')", 'a fault for a test'],
    ['!isMainThread', 'process.exit(0)', "the core's thread exited unexpectedly with code 0"],
  ]) {
    const cwd = temporaryFolder()
    const program = `import { existsSync } from 'node:fs'
      import { isMainThread } from 'node:worker_threads'
      if (${thread}) setInterval(() => { if (existsSync('fault')) { ${fault} } }, 50)`
    const { errors, stop } = await serve(cwd, {}, [
      '--import',
      `data:text/javascript,${encodeURIComponent(program)}`,
      main,
    ])
    writeFileSync(join(cwd, 'fault'), '')
    // SIGCONT does not end the process, so only the injected fault can have caused the exit code 1.
    expect(await stop('SIGCONT')).toBe(1)
    expect(errors()).toContain(told)
  }
})

test("the process exits with code 1 if startup fails before the core's thread is ready", async () => {
  const fault = `import { registerHooks } from 'node:module'
    registerHooks({ resolve(name, context, next) {
      if (name.endsWith('/app.ts')) throw new Error('a fault for a test')
      return next(name, context)
    } })`
  const tooLate = performance.now() + 20_000
  const { code, stderr } = await rekey(['serve'], {
    cwd: temporaryFolder(),
    environment: {
      ...exampleEnvironment,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}`,
    },
    killWhen: () => performance.now() > tooLate,
  })
  expect([code, stderr]).toEqual([1, 'rekey serve: a fault for a test\n'])
})

test('with NODE_OPTIONS set, a server starts and exits with code 0 on SIGTERM', async () => {
  const server = await serve(temporaryFolder(), { NODE_OPTIONS: '--max-old-space-size=200 --trace-uncaught' })
  expect(await server.stop('SIGTERM')).toBe(0)
})

test('both threads use the compile cache folder from NODE_COMPILE_CACHE', async () => {
  const cwd = temporaryFolder()
  const tell = `import { isMainThread } from 'node:worker_threads'
    import { getCompileCacheDir } from 'node:module'
    setTimeout(() => { console.error(isMainThread, getCompileCacheDir()) }, 500)`
  const server = await serve(cwd, { NODE_COMPILE_CACHE: join(cwd, 'compiled') }, [
    '--import',
    `data:text/javascript,${encodeURIComponent(tell)}`,
    main,
  ])
  await expect
    .poll(() => server.errors().trim().split('\n').sort())
    .toEqual([
      expect.stringContaining(`false ${join(cwd, 'compiled')}`),
      expect.stringContaining(`true ${join(cwd, 'compiled')}`),
    ])
})

test('each run of keygen prints a different, valid configuration', async () => {
  const cwd = temporaryFolder()
  const made = await Promise.all([1, 2].map(() => rekey(['keygen'], { cwd })))
  expect(made[0]?.stdout).not.toBe(made[1]?.stdout)
  const lines =
    made[0]?.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2)) ?? []
  const environment = { NODE_ENV: 'production', ...Object.fromEntries(lines) } as Environment
  const first = await rekey(['migrate'], { cwd, environment })
  expect(first.code).toBe(0)
  const { migrations } = JSON.parse(first.stdout) as { migrations: string[] }
  expect(migrations).toContain('0006-drop-page-feedback')
  expect(JSON.parse((await rekey(['migrate'], { cwd, environment })).stdout)).toEqual({ migrations: [] })
})

test.each([
  [['serve', '--port', '1'], 'rekey serve: unknown option --port\n'],
  [['rotate', '--dryrun'], 'rekey rotate: unknown option --dryrun; did you mean --dry-run?\n'],
  [['destroy'], 'rekey: unknown command destroy\n'],
  [['rotat'], 'rekey: unknown command rotat; did you mean rotate?\n'],
])('rejects the arguments %j with exit code 2 and says why', async (args, message) => {
  const { code, stderr } = await rekey(args, { cwd: temporaryFolder(), environment: exampleEnvironment })
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
})

test('a production server becomes ready without loading slow modules that it does not need yet', async () => {
  const cwd = temporaryFolder()
  const list = join(cwd, 'loaded.json')
  const tellLoaded = join(cwd, 'tell-loaded.cjs')
  writeFileSync(
    tellLoaded,
    `process.on('exit', () => {
      const loaded = [...process.moduleLoadList, ...Object.keys(require.cache)]
      require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify(loaded))
    })`,
  )
  // Spawns the server directly, because the `serve` helper preloads modules of its own.
  const child = spawn(process.execPath, ['--require', tellLoaded, main, 'serve'], {
    cwd,
    env: { NODE_ENV: 'production', PORT: '0', ...exampleEnvironment },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  await expect.poll(() => output, { timeout: 30_000 }).toContain('"listening"')
  const [origin = ''] = /http:\/\/[\d.]+:\d+/.exec(output) ?? []
  expect((await fetch(`${origin}/readyz`)).status).toBe(200)
  const ended = once(child, 'close')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  const loaded = JSON.parse(readFileSync(list, 'utf8')) as string[]
  const slow = [/undici/, /node_modules\/pg\//, /pino-pretty/, /koa-body/, /openapi-fetch/]
  expect(loaded.filter((name) => slow.some((pattern) => pattern.test(name)))).toEqual([])
  expect(loaded.filter((name) => /NativeModule http$|better-sqlite3/.test(name))).not.toEqual([])
})
