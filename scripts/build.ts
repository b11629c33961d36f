/**
 * Makes `dist/`, which is what the package holds and what production runs: the server in few files, with the
 * libraries that it is made of, since to find and open a thousand takes longer than all else that a start does;
 * the client, compiled; and the pages, which browsers load as they are.
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
// For browsers, and so with other types.
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
  // The one is no JavaScript, of the other only a file is wanted.
  external: ['better-sqlite3', '@scalar/fastify-api-reference'],
  // A library of Koa's has one.
  checks: { eval: false },
})
const { output } = await server.write({
  dir: join(dist, 'src'),
  // What looks for files next to it is as deep as it is in `src/`. Not minified: a stack trace can be read.
  entryFileNames: ({ name }) => (name === 'main' ? 'main.js' : 'server/chunks/[name].js'),
  chunkFileNames: 'server/chunks/[name].js',
})
writeFileSync(
  join(dist, 'third-party-licenses.txt'),
  licensesOf(output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))),
)
