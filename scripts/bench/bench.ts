/**
 * Benchmarks Rekey against servers that do the same durable work, in one run on one machine. Writes
 * `docs/bench.{json,svg}` and the sections in docs/benchmarks.md and the README. With `--quick`, it takes a minute or
 * two and writes nothing. Exits with code 1 if Rekey misses a goal.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPackages } from '../install-packages.ts'
import { withSections } from '../page-section.ts'
import { progress } from './progress.ts'

const root = join(import.meta.dirname, '../..')
progress('installing the packages of the benchmark')
installPackages(import.meta.dirname)
progress('building')
execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' })
const { judge } = await import('./goals.ts')
const { loadTool } = await import('./load.ts')
const { measureRotation } = await import('./rotation.ts')
const { measureScale } = await import('./scale.ts')
const { measureStart } = await import('./start.ts')
const { toMarkdown, toSummary } = await import('./report.ts')
const { toSvg } = await import('./plot.ts')

const quick = process.argv.includes('--quick')
const folder = mkdtempSync(join(tmpdir(), 'rekey-bench-'))
process.once('exit', () => {
  rmSync(folder, { recursive: true, force: true })
})
const settings = {
  folder,
  connections: 64,
  ...(quick ? { rounds: 2, seconds: 2 } : { rounds: 11, seconds: 2 }),
}
const size = { few: 1_000, many: quick ? 200_000 : 1_000_000 }

const start = await measureStart(settings)
const rotation = await measureRotation(settings)
const scale = await measureScale({ ...settings, ...size })
const measured = { rotation, scale, start, ...size }
const run = {
  machine: `${cpus().length} shared cores`,
  node: process.versions.node,
  loadTool,
  rounds: settings.rounds,
  seconds: settings.seconds,
  connections: settings.connections,
  ...measured,
  goals: judge(measured),
}
progress('done\n')
console.log(toMarkdown(run))
if (!quick) write()
process.exitCode = run.goals.every(({ met }) => met) ? 0 : 1

function write(): void {
  mkdirSync(join(root, 'docs'), { recursive: true })
  writeFileSync(join(root, 'docs/bench.json'), `${JSON.stringify(run, null, 2)}\n`)
  writeFileSync(join(root, 'docs/bench.svg'), toSvg(run))
  const pages = {
    'docs/benchmarks.md': { speed: toMarkdown(run) },
    'README.md': { performance: toSummary(run) },
  }
  for (const [page, sections] of Object.entries(pages))
    writeFileSync(join(root, page), withSections(page, 'npm run bench', sections))
}
