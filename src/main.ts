import './check-node.cjs'
import { join } from 'node:path'

// Imported dynamically, like everything that follows: an older Node would reject a static import before check-node.cjs
// could report that it is too old.
const { enableCompileCache } = await import('node:module')

// The compile cache makes later starts 20% faster. Storing it next to the code is safe, because anyone who can write
// there could also change the code. If the folder is read-only, nothing is cached.
const cache = join(import.meta.dirname, '../node_modules/.cache/rekey')
// Worker threads read the cache's location from this variable.
if (enableCompileCache(cache).directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= cache

// Imported dynamically, because static imports would be compiled before the cache is enabled.
const { runCommand } = await import('./commands/command-line.ts')
process.exitCode = await runCommand(process.argv.slice(2))
