import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { serve } from '../support/serve.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'rekey-package-'))
const tarball = join(folder, `rekey-server-${packageJson.version}.tgz`)
/** The folder where the package is installed. */
const app = join(folder, 'app')
const bin = join(app, 'node_modules/rekey-server', packageJson.bin.rekey)
/** A module that makes Node report an old version when it is preloaded. */
const pretendOld = join(folder, 'pretend-old.cjs')

beforeAll(async () => {
  await run('npm', ['pack', '--silent', '--pack-destination', folder], root)
  cpSync(join(import.meta.dirname, 'consumer'), app, { recursive: true })
  writeFileSync(join(app, 'readme.ts'), readmeSample())
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], app)
  writeFileSync(
    pretendOld,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })`,
  )
}, 200_000)

afterAll(() => {
  rmSync(folder, { recursive: true })
}, 120_000)

test('the package contains only the bundled server, the typed client, the pages, the OpenAPI document and licenses', async () => {
  const listed = (await run('tar', ['-tzf', tarball])).trim().split('\n')
  const isServer = (file: string) => /^package\/dist\/src\/server\/chunks\/[\w-]+\.js$/.test(file)
  expect(listed.filter(isServer).length).toBeLessThan(50)
  expect(listed).toContain('package/dist/src/server/chunks/core-thread.js')

  const sources = globSync('src/{client,web}/**/*.*', { cwd: root, exclude: ['**/tsconfig.json'] })
  const compiled = sources.flatMap((file) => {
    if (!file.endsWith('.ts')) return [file]
    // Code that only browsers run needs no types, because it is never imported.
    const types = file.startsWith('src/client/') ? [file.replace(/ts$/, 'd.ts')] : []
    return [file.replace(/ts$/, 'js'), ...types]
  })
  const files = [
    ...[...compiled, 'src/main.js', 'src/bin.cjs', 'src/check-node.cjs'].map((file) => `dist/${file}`),
    ...['openapi.json', 'types.js', 'types.d.ts'].map((file) => `dist/generated/${file}`),
    ...['dist/third-party-licenses.txt', 'README.md', 'LICENSE', 'package.json'],
  ]
  expect(listed.filter((file) => !isServer(file)).sort()).toEqual(
    files.map((file) => `package/${file}`).sort(),
  )
})

test('the package contains the license of every library bundled into the server', () => {
  const dist = join(app, 'node_modules/rekey-server/dist')
  // The bundler precedes each module with a comment that names its file.
  const libraries = globSync('src/server/chunks/*.js', { cwd: dist }).flatMap((file) =>
    [...readFileSync(join(dist, file), 'utf8').matchAll(/^\s*\/\/ node_modules\/(\S+)/gm)].flatMap(
      ([, path = '']) => /^(?:.*\/node_modules\/)?((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    ),
  )
  const named = readFileSync(join(dist, 'third-party-licenses.txt'), 'utf8').matchAll(
    /^(\S+) \d+\.\S+: \S+$/gm,
  )
  const names = new Set([...named].map(([, name]) => name))
  expect(new Set(libraries).size).toBeGreaterThan(100)
  expect(libraries.filter((library) => !names.has(library))).toEqual([])
})

test("the package's types resolve for ESM, in Node and in bundlers", { timeout: 60_000 }, async () => {
  const attw = join(root, 'node_modules/.bin/attw')
  const report = await run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--format', 'ascii'])
  expect(report).toContain('"rekey-server/client"\n\nnode16 (from ESM): 🟢 (ESM)\nbundler: 🟢')
  expect(report).toContain('"rekey-server/openapi.json"\n\nnode16 (from ESM): 🟢 (JSON)\nbundler: 🟢')
})

test('npx runs the installed command', { timeout: 60_000 }, async () => {
  const keys = await run('npx', ['--no', '--', 'rekey', 'keygen'], app)
  expect(keys).toMatch(/^REKEY_ENCRYPTION_KEYS=.+\nREKEY_JWT_SECRET=.+\n$/)
})

test(
  'the documented client sample and a consumer compile, and the packaged server rotates a secret and serves the pages',
  { timeout: 120_000 },
  async () => {
    // Because this Node pretends to be too old, the command starts the Node that the package installed.
    const { origin, output, stop } = await serve(app, {}, ['--require', pretendOld, bin])
    try {
      const [, token = ''] = /Bearer (ey[^"]+)/.exec(output()) ?? []
      await run(process.execPath, [join(root, 'node_modules/.bin/tsc')], app)
      const printed = await run(process.execPath, ['out/rotate.js', origin, token], app)
      const { signingSecret, ...shown } = JSON.parse(printed) as { signingSecret: string }
      const sha256 = createHash('sha256').update(signingSecret).digest('hex')
      const keyFingerprint = `whsec_****${sha256.slice(0, 4)}`
      expect(shown).toEqual({ keyFingerprint, sha256, refused: 403, title: 'Rekey' })
      const pages = [
        'docs',
        'docs/main.js',
        'docs/scalar.js',
        'console',
        'console/web/console/main.js',
        'console/client/client.js',
      ]
      for (const page of pages) expect((await fetch(`${origin}/${page}`)).status, page).toBe(200)
    } finally {
      // SIGKILL would stop only the old Node, not the server that it started.
      expect(await stop('SIGTERM')).toBe(0)
    }
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow('fetch failed')
  },
)

test('if no Node is new enough, the command fails and says what to do', async () => {
  // No newer Node is installed next to this copy.
  for (const name of ['bin.cjs', 'check-node.cjs'])
    cpSync(join(dirname(bin), name), join(folder, 'alone', name))
  const alone = run(process.execPath, ['--require', pretendOld, 'alone/bin.cjs', 'keygen'])
  await expect(alone).rejects.toMatchObject({
    code: 1,
    stdout: '',
    message: expect.stringMatching(/needs Node 24 or newer, and .* is Node 20\.0\.0; install Node 24/),
  })
})

function readmeSample(): string {
  const samples = globSync(['README.md', 'docs/client.md'], { cwd: root }).flatMap((file) => {
    const [, sample] = /^```ts\n(.*?)^```$/ms.exec(readFileSync(join(root, file), 'utf8')) ?? []
    return sample ?? []
  })
  const [sample] = samples
  if (sample === undefined) throw new Error('neither the README nor docs/client.md shows TypeScript')
  return sample
}

/** Runs a program. Rejects unless its exit code is 0. @returns its standard output */
async function run(program: string, args: string[], cwd = folder): Promise<string> {
  // Keeps this checkout's `node_modules/.bin` off the PATH, because users of the package do not have it.
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'))
  const env = { ...process.env, PATH: path.join(delimiter), NO_COLOR: '1' }
  try {
    return (await promisify(execFile)(program, args, { cwd, env, timeout: 180_000 })).stdout
  } catch (error) {
    // Compilers report errors on standard output, which `error.message` omits.
    if (error instanceof Error && 'stdout' in error) error.message += `\n${String(error.stdout)}`
    throw error
  }
}
