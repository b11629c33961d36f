import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import manifest from '../../src/client/package.json' with { type: 'json' }
import { openPage } from '../support/browser.ts'
import {
  consumers,
  folder,
  installClient,
  programOf,
  projectWithClient,
  run,
  tarball,
} from '../support/client-package.ts'
import { declarations, samples } from '../support/client-samples.ts'
import { listen } from '../support/listen.ts'
import { provision, startServer } from '../support/server.ts'
import { sizeOf } from '../support/size-of.ts'
import { token } from '../support/tokens.ts'
import { skipWithout } from '../support/tools.ts'

const root = join(import.meta.dirname, '../..')
const nodes = { 'Node 18': 'node18/bin/node', 'Node 20': 'node20/bin/node', 'Node 22': 'node22/bin/node' }

beforeAll(installClient, 240_000)

afterAll(() => {
  rmSync(folder, { recursive: true })
}, 240_000)

interface Consumed {
  signingSecret: string
  valid: boolean
  refused: number | false
  requestId: string
}

/** Starts a server with a webhook, and checks what a consumer of the package did there. */
async function target(name: string, environment = {}) {
  const server = await startServer({ environment })
  const webhook = await provision(server)
  const bearer = await token({ applications: ['app_1'] })
  return {
    arguments: [server.origin, bearer, name] as const,
    environment: { ORIGIN: server.origin, TOKEN: bearer, NAME: name },
    /** Compares the consumer's rotation with the webhook's current key. */
    expectRotated: async (secret?: string) => {
      const { current } = (await server.api('GET', `${webhook}/secret`)).body
      expect(current).toMatchObject({ reason: name, ...(secret && { sha256: sha256(secret) }) })
    },
    expectConsumed: async (printed: string | Consumed) => {
      const result = typeof printed === 'string' ? (JSON.parse(printed) as Consumed) : printed
      expect(result).toMatchObject({ valid: true, refused: 403, requestId: `of-${name}` })
      const { current } = (await server.api('GET', `${webhook}/secret`)).body
      expect(current).toMatchObject({ reason: name, sha256: sha256(result.signingSecret) })
    },
  }
}

test('the package contains two bundles, types, a README and the license, in less than 250 KB', async () => {
  const files = (await run('tar', ['-tzf', tarball], folder)).trim().split('\n').sort()
  const code = ['client.cjs', 'client.d.cts', 'client.d.ts', 'client.js', 'types/generated/types.d.ts']
  const modules = globSync('*.ts', { cwd: join(root, 'src/client') }).map((file) =>
    file.replace('.ts', '.d.ts'),
  )
  expect(files).toEqual(
    [
      ...['LICENSE', 'README.md', 'package.json', 'dist/types/package.json'],
      ...[...code, ...modules.map((file) => `types/src/client/${file}`)].map((file) => `dist/${file}`),
    ]
      .map((file) => `package/${file}`)
      .sort(),
  )
  expect(sizeOf(join(consumers, 'node_modules/rekey-client'))).toBeLessThan(250e3)
  expect(readFileSync(join(root, 'src/client/LICENSE'), 'utf8')).toBe(
    readFileSync(join(root, 'LICENSE'), 'utf8'),
  )
})

test("the manifest has the server's version and depends only on openapi-fetch", () => {
  expect(manifest.version).toBe(packageJson.version)
  expect(manifest.dependencies).toEqual({ 'openapi-fetch': `^${packageJson.dependencies['openapi-fetch']}` })
})

test('packing leaves no files in the checkout', () => {
  expect(globSync('src/client/dist', { cwd: root })).toEqual([])
})

test('installing the client adds three packages, no command and no other Node', async (context) => {
  const node = programOf(nodes['Node 20'])
  if (node === undefined) skipWithout(context, 'found no Node 20 for this machine on npm')
  const project = await projectWithClient()
  const installed = globSync('{*,@*/*}', { cwd: join(project, 'node_modules'), exclude: ['@*'] })
  expect(installed.sort()).toEqual(['openapi-fetch', 'openapi-typescript-helpers', 'rekey-client'])
  expect(globSync('node_modules/.bin/*', { cwd: project })).toEqual([])
  expect(await run('npm', ['run', '--silent', 'which'], project, { node })).toBe('v20.20.2\n')
})

test('attw reports no problem with the types for any module resolution', async () => {
  const attw = join(root, 'node_modules/.bin/attw')
  const report = await run(
    process.execPath,
    [attw, tarball, '--profile', 'strict', '--format', 'ascii'],
    folder,
  )
  for (const resolution of [
    'node10: 🟢',
    'node16 (from CJS): 🟢 (CJS)',
    'node16 (from ESM): 🟢 (ESM)',
    'bundler: 🟢',
  ])
    expect(report).toContain(resolution)
})

test.for([
  ['node10', 'commonjs', 'ts'],
  ['node16', 'node16', 'mts', 'cts'],
  ['nodenext', 'nodenext', 'mts', 'cts'],
  ['bundler', 'esnext', 'ts'],
])('with moduleResolution %s, every @example and the README compile, and misuses do not', async (given) => {
  const [moduleResolution, module = '', ...extensions] = given
  const project = join(consumers, 'types', `${moduleResolution}-${module}`)
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: 'es2022',
    module,
    moduleResolution,
    types: [],
    skipDefaultLibCheck: true,
  }
  const lib = ['es2022', 'dom', 'dom.iterable']
  await run('mkdir', [project], folder)
  for (const extension of extensions) {
    // CommonJS has no `await` outside functions, which the samples use.
    const isCommonJs = extension === 'cts' || module === 'commonjs'
    for (const [name, source] of Object.entries(
      isCommonJs ? declarations() : { ...declarations(), ...samples() },
    ))
      writeFileSync(join(project, `${name}.${extension}`), source)
  }
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, lib } }),
  )
  expect(await run(process.execPath, [join(root, 'node_modules/.bin/tsc')], project)).toBe('')
})

test.for([
  ...['main.mjs', 'main.cjs'].flatMap((file) => [
    ...Object.entries(nodes).map(([name, program]) => [name, file, program]),
    ['Node 24', file, ''],
    ['Bun', file, '@oven/bun-*/bin/bun'],
    ['Deno', file, '@deno/*/deno', 'run', '--allow-all'],
  ]),
])('%s runs %s', async ([name = '', file = '', pattern = '', ...args], context) => {
  const program = pattern === '' ? process.execPath : programOf(pattern)
  if (program === undefined) skipWithout(context, `npm has no ${name} for this machine`)
  const { arguments: given, expectConsumed } = await target(`${name} ${file}`.replaceAll(' ', '-'))
  await expectConsumed(await run(program, [...args, file, ...given], consumers))
})

const esbuild = ['node_modules/.bin/esbuild', '--bundle', '--platform=node', '--format=esm']

test.for([
  ['esbuild', ...esbuild, 'main.mjs', '--outfile=out/esbuild.mjs'],
  ['webpack', 'webpack.mjs'],
])('a bundle built with %s runs', async ([bundler = '', ...args]) => {
  const { arguments: given, expectConsumed } = await target(bundler)
  await run(process.execPath, args, consumers)
  await expectConsumed(await run(process.execPath, [`out/${bundler}.mjs`, ...given], consumers))
})

test('a bundle built with Vite runs in a browser, on a page of another origin', async (context) => {
  const site = createServer((request, response) => {
    const file = request.url === '/' ? '/index.html' : (request.url ?? '')
    const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }
    response.setHeader('content-type', types[extname(file)] ?? '')
    response.end(readFileSync(join(consumers, 'out/browser', file)))
  })
  const origin = `http://127.0.0.1:${await listen(site)}`
  const vite = join(consumers, 'node_modules/.bin/vite')
  await run(vite, ['build', 'browser', '--outDir', '../out/browser', '--logLevel', 'error'], consumers)
  const { arguments: given, expectConsumed } = await target('browser', { REKEY_CORS_ORIGINS: origin })
  const { page, errors } = await openPage(context)
  await page.goto(origin)
  const result = await page.evaluate(
    (values) =>
      (globalThis as unknown as { consume: (...all: unknown[]) => Promise<Consumed> }).consume(...values),
    given,
  )
  await expectConsumed(result)
  expect(errors.filter((error) => !error.includes('403'))).toEqual([])
})

test('runs in workerd, the runtime of Cloudflare Workers', async (context) => {
  const workerd = programOf('@cloudflare/workerd-*/bin/workerd')
  if (workerd === undefined) skipWithout(context, 'npm has no workerd for this machine')
  await run(process.execPath, [...esbuild, 'worker.mjs', '--outfile=out/worker.js'], consumers)
  const child = spawn(workerd, ['serve', 'worker.capnp', '--control-fd=3'], {
    cwd: consumers,
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  onTestFinished(() => void child.kill())
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('exit', () => {
      reject(new Error('workerd has exited'))
    })
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      const [, found] = /"port":(\d+)/.exec(chunk.toString()) ?? []
      if (found !== undefined) resolve(Number(found))
    })
  })
  const { arguments: given, expectConsumed } = await target('workerd')
  const [origin, bearer, name] = given
  const body = JSON.stringify({ origin, token: bearer, name })
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })
  await expectConsumed(await response.text())
})

test.for([
  ['jest', '--rootDir=jest', '--testMatch=**/*.test.cjs'],
  ['vitest', 'run', '--root=vitest'],
])('works in tests run by %s', async ([runner = '', ...args]) => {
  const { environment, expectRotated } = await target(runner)
  await run(join(consumers, 'node_modules/.bin', runner), args, consumers, { environment })
  await expectRotated()
})

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
