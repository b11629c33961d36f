import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// What was compiled for one start serves the next, which then takes a fifth less time. It is kept where the
// code itself is, since whoever can write there can run code here anyway; where that is read-only, nowhere.
const cache = join(import.meta.dirname, '../node_modules/.cache/rekey')
// Where threads look for it too.
if (enableCompileCache(cache).directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= cache

// Not before the line above: what is imported statically is compiled before any line runs.
const { runCommand } = await import('./commands/command-line.ts')
process.exitCode = await runCommand(process.argv.slice(2))
