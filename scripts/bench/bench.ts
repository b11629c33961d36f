/**
 * Benchmarks Rekey against its previous release and against other servers that do the same durable work, in one run
 * on one machine. Writes `docs/bench.{json,svg}` and the sections in docs/benchmarks.md, docs/capacity.md and the
 * README. `bench.ts PART…` measures only the given parts, and keeps the rest of docs/bench.json. With `--quick`, a
 * part takes seconds, and nothing is written. Exits with code 1 if Rekey misses a goal.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPackages } from '../install-packages.ts'
import { progress } from './progress.ts'
import type { Tables } from './report.ts'

const root = join(import.meta.dirname, '../..')
progress('installing the packages of the benchmark')
installPackages(import.meta.dirname)
progress('building')
execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' })
const { judge } = await import('./goals.ts')
const { loadTool } = await import('./load.ts')
const { parts } = await import('./parts.ts')
const { toMarkdown } = await import('./report.ts')
const { write } = await import('./write.ts')

const names = Object.keys(parts) as (keyof typeof parts)[]
const asked = process.argv.slice(2).filter((argument) => argument !== '--quick')
const unknown = asked.filter((name) => !names.some((part) => part === name))
if (unknown.length > 0)
  throw new Error(`unknown part ${unknown.join(', ')}; the parts are: ${names.join(', ')}`)

const quick = process.argv.includes('--quick')
const folder = mkdtempSync(join(tmpdir(), 'rekey-bench-'))
process.once('exit', () => {
  rmSync(folder, { recursive: true, force: true })
})
const settings = {
  ...{ folder, connections: 64, seconds: 2, rounds: quick ? 1 : 11 },
  ...{ few: 1_000, many: quick ? 20_000 : 1_000_000 },
}
const before = JSON.parse(readFileSync(join(root, 'docs/bench.json'), 'utf8')) as { tables: Tables }
const tables: Tables = asked.length > 0 && !quick ? before.tables : {}
for (const name of names)
  if (asked.length === 0 || asked.includes(name)) Object.assign(tables, await parts[name](settings))

const { rounds, seconds, connections } = settings
const run = {
  ...{ machine: `${cpus().length} shared cores`, node: process.versions.node, loadTool },
  ...{ rounds, seconds, connections, tables, goals: judge(tables) },
}
progress('done\n')
console.log(toMarkdown(run))
if (!quick) write(run)
process.exitCode = run.goals.every(({ met }) => met) ? 0 : 1
