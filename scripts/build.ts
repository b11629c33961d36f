/**
 * Makes `dist/`, which is what the package holds: `src/` and `generated/`, compiled. What is in `src/` and
 * no TypeScript, as the files of a page, is copied to its place beside the code that reads it.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
rmSync(join(root, 'dist'), { recursive: true, force: true })
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const compile = (...args: string[]) =>
  execFileSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' })
compile('--project', 'tsconfig.build.json')
// For browsers, and so with other types.
for (const page of ['src/docs', 'src/console'])
  compile(
    ...['--project', page, '--rootDir', '.', '--outDir', 'dist'],
    ...['--noEmit', 'false', '--rewriteRelativeImportExtensions'],
  )
cpSync(join(root, 'src'), join(root, 'dist/src'), {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || !/\.ts$|\btsconfig\.json$/.test(path),
})
