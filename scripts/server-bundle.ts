import { join } from 'node:path'
import { rolldown, type OutputOptions, type RolldownBuild } from 'rolldown'

const root = join(import.meta.dirname, '..')

/** The packages that the bundled server needs at run time. Native code cannot be bundled. */
export const external = ['better-sqlite3']

/** Reads the server and its libraries, and decides which of their code is needed. */
export async function bundleServer(): Promise<RolldownBuild> {
  return rolldown({
    input: ['main.ts', 'core/thread/core-thread.ts', 'store/sqlite/checkpoint-thread.ts'].map((file) =>
      join(root, 'src', file),
    ),
    cwd: root,
    platform: 'node',
    external,
    // Suppress the `eval` warning, because a dependency of Koa calls `eval`.
    checks: { eval: false },
  })
}

/**
 * Where the bundle's files go. They keep their depth in `src/`, because the code resolves paths relative to its own
 * file. They are not minified, so stack traces stay readable.
 */
export const bundleOutput: OutputOptions = {
  dir: join(root, 'dist/src'),
  entryFileNames: ({ name }) => (name === 'main' ? 'main.js' : 'server/chunks/[name].js'),
  chunkFileNames: 'server/chunks/[name].js',
}
