/**
 * Builds `dist/`, which is published as the package and runs in production. The server and its libraries are bundled
 * into a few files, because opening a thousand files would dominate the startup time. The client and the pages are
 * compiled file by file; browsers load the pages unbundled.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { licensesOf } from './licenses.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
rmSync(dist, { recursive: true, force: true })

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const compile = (...args: string[]) =>
  execFileSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' })
compile('--project', 'tsconfig.build.json')
// The pages are separate TypeScript projects, because browser code needs other types.
for (const page of ['src/web/reference', 'src/web/console'])
  compile(
    ...['--project', page, '--rootDir', '.', '--outDir', 'dist'],
    ...['--noEmit', 'false', '--rewriteRelativeImportExtensions'],
  )
cpSync(join(root, 'generated/openapi.json'), join(dist, 'generated/openapi.json'))
cpSync(join(root, 'src'), join(dist, 'src'), {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !/\.ts$|\btsconfig\.json$/.test(path),
})

const server = await rolldown({
  input: [join(root, 'src/main.ts'), join(root, 'src/core/thread/core-thread.ts')],
  cwd: root,
  platform: 'node',
  // better-sqlite3 has native code. The server reads only one file of Scalar's package, at runtime.
  external: ['better-sqlite3', '@scalar/fastify-api-reference'],
  // Suppress the `eval` warning, because a dependency of Koa calls `eval`.
  checks: { eval: false },
})
const { output } = await server.write({
  dir: join(dist, 'src'),
  // Output files keep their depth in `src/`, because the code resolves paths relative to its own file. They are
  // not minified, so stack traces stay readable.
  entryFileNames: ({ name }) => (name === 'main' ? 'main.js' : 'server/chunks/[name].js'),
  chunkFileNames: 'server/chunks/[name].js',
})
writeFileSync(
  join(dist, 'third-party-licenses.txt'),
  licensesOf(output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))),
)
