/**
 * Builds `dist/`, which is the package to publish, and which the image runs. The server and its libraries are bundled
 * into a few files, because opening a thousand files would dominate the startup time. The pages, and the client that
 * the console uses, are compiled file by file, because browsers load them unbundled.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import { browserPackages } from '../src/http/pages/browser-packages.ts'
import { bundledPackages } from './bundled-packages.ts'
import { licensesOf } from './licenses.ts'
import { publishedManifest } from './manifest.ts'
import { sbomOf } from './sbom.ts'
import { bundleOutput, bundleServer, external } from './server-bundle.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
rmSync(dist, { recursive: true, force: true })

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const compile = (...args: string[]) =>
  execFileSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' })
// The pages are separate TypeScript projects, because browser code needs other types.
for (const page of ['src/web/reference', 'src/web/console', 'src/web/rotate'])
  compile(
    ...['--project', page, '--rootDir', '.', '--outDir', 'dist'],
    ...['--noEmit', 'false', '--rewriteRelativeImportExtensions'],
  )
cpSync(join(root, 'generated/openapi.json'), join(dist, 'generated/openapi.json'))
cpSync(join(root, 'src'), join(dist, 'src'), {
  recursive: true,
  // The package `rekey-client` has a build of its own.
  filter: (path) => path !== join(root, 'src/client') && !/\.ts$|\btsconfig\.json$/.test(path),
})

const copied = Object.entries(browserPackages).map(([name, find]) => {
  const file = fileURLToPath(find())
  cpSync(file, join(dist, 'src', name))
  return file
})

const { output } = await (await bundleServer()).write(bundleOutput)

const manifest = publishedManifest(packageJson, external)
const modules = output.flatMap((file) => (file.type === 'chunk' ? Object.entries(file.modules) : []))
const bundled = modules.filter(([, { renderedLength }]) => renderedLength > 0).map(([file]) => file)
const packages = bundledPackages(root, [...bundled, ...copied])
const write = (name: string, content: string) => {
  writeFileSync(join(dist, name), content)
}
write('package.json', `${JSON.stringify(manifest, null, 2)}\n`)
write('third-party-licenses.txt', licensesOf(packages))
write('sbom.cdx.json', `${JSON.stringify(sbomOf(manifest, packages), null, 2)}\n`)
for (const file of ['README.md', 'LICENSE']) cpSync(join(root, file), join(dist, file))
