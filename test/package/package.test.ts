import { createHash } from 'node:crypto'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { idOf, importsOfBundle, packagesInBundle } from '../support/bundle.ts'
import { validateCycloneDx, type Sbom } from '../support/cyclonedx.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { traceNetwork } from '../support/network-trace.ts'
import { app, bin, folder, installed, installPackage, run, tarball } from '../support/package.ts'
import { provisionWebhooks } from '../support/provision.ts'
import { serve } from '../support/serve.ts'
import { temporaryFolder } from '../support/server.ts'
import { sizeOf } from '../support/size-of.ts'
import { needsTools } from '../support/tools.ts'

const root = join(import.meta.dirname, '../..')

beforeAll(async () => {
  await installPackage()
}, 200_000)

afterAll(() => {
  rmSync(folder, { recursive: true })
}, 120_000)

test('the package contains only the bundled server, the pages and their client, the OpenAPI document, licenses and an SBOM', async () => {
  const listed = (await run('tar', ['-tzf', tarball])).trim().split('\n')
  const isServer = (file: string) => /^package\/src\/server\/chunks\/[\w.-]+\.js$/.test(file)
  expect(listed.filter(isServer).length).toBeLessThan(100)
  for (const thread of ['core', 'checkpoint'])
    expect(listed).toContain(`package/src/server/chunks/${thread}-thread.js`)

  const sources = globSync(['src/client/*.ts', 'src/web/**/*.*'], {
    cwd: root,
    exclude: ['**/tsconfig.json'],
  })
  const compiled = sources.map((file) => file.replace(/ts$/, 'js'))
  const files = [
    ...[...compiled, 'src/main.js', 'src/bin.cjs', 'src/check-node.cjs'],
    'src/web/shared/geist.woff2',
    'src/web/console/packages/oauth4webapi.js',
    ...['lit-html.js', 'openapi-fetch.js'].map((file) => `src/web/shared/packages/${file}`),
    ...['openapi.json', 'types.js'].map((file) => `generated/${file}`),
    ...['third-party-licenses.txt', 'sbom.cdx.json', 'README.md', 'LICENSE', 'package.json'],
  ]
  expect(listed.filter((file) => !isServer(file)).sort()).toEqual(
    files.map((file) => `package/${file}`).sort(),
  )
})

test('the package depends only on what cannot be bundled, and installs no Node', () => {
  const { dependencies, ...manifest } = json(join(installed, 'package.json'))
  expect(dependencies).toEqual({ 'better-sqlite3': packageJson.dependencies['better-sqlite3'] })
  const { name, version, engines } = packageJson
  expect(manifest).toMatchObject({ name, version, engines, bin: { rekey: 'src/bin.cjs' } })
  for (const absent of ['optionalDependencies', 'devDependencies', 'scripts', 'allowScripts'])
    expect(manifest).not.toHaveProperty(absent)
  // pg loads its native variant only for programs that ask for it.
  expect(importsOfBundle(installed).filter((name) => name !== 'pg-native')).toEqual(['better-sqlite3'])
})

test('npm refuses to pack the checkout itself, and says how to pack the package', async () => {
  await expect(run('npm', ['pack', '--dry-run'], root)).rejects.toThrow('npm pack ./dist')
})

test('installing the package adds at most 45 MB, in three packages with one command', () => {
  const modules = join(app, 'node_modules')
  expect(globSync('{*,@*/*}', { cwd: modules, exclude: ['@*'] }).sort()).toEqual([
    ...['better-sqlite3', 'node-addon-api', 'rekey-server'],
  ])
  expect(globSync('*', { cwd: join(modules, '.bin') })).toEqual(['rekey'])
  expect(sizeOf(modules)).toBeLessThan(45e6)
})

test('the SBOM and the licenses list every package whose code is in the package, and no other', async () => {
  const sbom = json(join(installed, 'sbom.cdx.json')) as unknown as Sbom
  expect(validateCycloneDx(sbom)).toEqual([])
  const copied = ['@fontsource-variable/geist', 'lit-html', 'oauth4webapi', 'openapi-fetch'].map((name) =>
    idOf(`node_modules/${name}`),
  )
  const bundled = [...(await packagesInBundle(installed)), ...copied].sort()
  expect(bundled.length).toBeGreaterThan(100)
  const listed = sbom.components.map(({ purl }) => decodeURIComponent(purl).replace('pkg:npm/', ''))
  expect(listed.sort()).toEqual(bundled)

  const text = readFileSync(join(installed, 'third-party-licenses.txt'), 'utf8')
  const licensed = [...text.matchAll(/^(\S+) (\d+\.\S+): \S+$/gm)]
  expect(licensed.map(([, name, version]) => `${name}@${version}`).sort()).toEqual(bundled)
})

test('a program that installs the package can import the OpenAPI document', async () => {
  const code = `import document from 'rekey-server/openapi.json' with { type: 'json' }\nconsole.log(document.info.title)`
  expect(await run(process.execPath, ['--input-type=module', '--eval', code], app)).toBe('Rekey\n')
})

test('npx runs the installed command', { timeout: 60_000 }, async () => {
  const keys = await run('npx', ['--no', '--', 'rekey', 'keygen'], app)
  expect(keys).toMatch(/^REKEY_ENCRYPTION_KEYS=.+\nREKEY_JWT_SECRET=.+\n$/)
})

test('the packaged server rotates a secret and serves the pages', { timeout: 120_000 }, async () => {
  const { origin, output, stop } = await serve(app, {}, [bin])
  try {
    const [, token = ''] = /Bearer (ey[^"]+)/.exec(output()) ?? []
    const secret = `${origin}/api/v1/applications/example_string/webhooks/example_string/secret`
    const rotation = await fetch(secret, { method: 'PATCH', headers: { authorization: `Bearer ${token}` } })
    const { keyFingerprint, signingSecret = '' } = (await rotation.json()) as Record<string, string>
    const sha256 = createHash('sha256').update(signingSecret).digest('hex')
    expect(keyFingerprint).toBe(`whsec_****${sha256.slice(0, 4)}`)
    const pages = [
      'docs',
      'docs/main.js',
      'docs/getWebhook',
      'assets/reference.css',
      'assets/geist.woff2',
      'console',
      'console/web/console/main.js',
      'assets/packages/lit-html.js',
      'assets/packages/openapi-fetch.js',
      'rotate',
      'rotate/web/rotate/main.js',
      'rotate/client/client.js',
      'console/client/client.js',
    ]
    for (const page of pages) expect((await fetch(`${origin}/${page}`)).status, page).toBe(200)
  } finally {
    expect(await stop('SIGTERM')).toBe(0)
  }
  await expect(fetch(`${origin}/healthz`)).rejects.toThrow('fetch failed')
})

test('if Node is too old, the command fails and says in one line which version it needs', async () => {
  const pretendOld = join(folder, 'pretend-old.cjs')
  writeFileSync(
    pretendOld,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })`,
  )
  await expect(run(process.execPath, ['--require', pretendOld, bin, 'keygen'])).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^.*Node 24 or newer, .*Node 20\.0\.0.*\n$/),
  })
})

test.for<[string, string, boolean]>([
  ['does not connect to anything or resolve a name', '', true],
  ['cannot connect to an address unnoticed', "fetch('http://192.0.2.1')", false],
  ['cannot resolve a name unnoticed', "fetch('http://updates.example')", false],
])('the packaged server %s', async ([, code, isSilent], context) => {
  needsTools(context, 'strace')
  const extra = join(folder, 'extra.mjs')
  writeFileSync(extra, code && `${code}.catch(() => undefined)`)
  const trace = traceNetwork(join(folder, 'calls.txt'))
  const environment = { ...exampleEnvironment, NODE_ENV: 'production', LOG_LEVEL: 'info' }
  const server = await serve(temporaryFolder(), environment, ['--import', extra, bin], trace.wrapper)
  await provisionWebhooks(server.origin, 1)
  for (const page of ['docs', 'assets/geist.woff2', 'console', 'openapi.json', 'metrics', 'readyz'])
    expect((await fetch(`${server.origin}/${page}`)).status, page).toBe(200)
  expect(await server.stop('SIGTERM')).toBe(0)
  expect((await trace.calls(server.pid)).length === 0).toBe(isSilent)
})

function json(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
}
