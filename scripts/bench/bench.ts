/**
 * Measures Rekey against servers that do the same durable work, in one run on one machine, and writes
 * `docs/bench.{json,svg}` and the README's section. With `--quick` it takes a minute or two, and writes
 * nothing. Fails if a goal is missed.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { progress } from './progress.ts'

const root = join(import.meta.dirname, '../..')
if (!existsSync(join(import.meta.dirname, 'node_modules'))) {
  progress('installing what only the benchmark needs')
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent']
  execFileSync('npm', options, { cwd: import.meta.dirname, stdio: 'inherit' })
}
progress('building')
execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' })
const { judge } = await import('./goals.ts')
const { loadTool } = await import('./load.ts')
const { measureRotation } = await import('./rotation.ts')
const { measureScale } = await import('./scale.ts')
const { measureStart } = await import('./start.ts')
const { toMarkdown } = await import('./report.ts')
const { toSvg } = await import('./plot.ts')

const quick = process.argv.includes('--quick')
const folder = mkdtempSync(join(tmpdir(), 'rekey-bench-'))
// The run on PostgreSQL is as another user.
process.once('exit', () => {
  rmSync(folder, { recursive: true, force: true })
})
const settings = {
  folder,
  connections: 64,
  ...(quick ? { rounds: 2, seconds: 2 } : { rounds: 5, seconds: 4 }),
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
  const [opening, closing] = ['<!-- speed: made by `npm run bench` -->\n', '<!-- /speed -->']
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const [before = '', rest = ''] = readme.split(opening)
  const [, after] = rest.split(closing)
  if (after === undefined) throw new Error('README.md lacks the markers of speed')
  writeFileSync(join(root, 'README.md'), before + opening + toMarkdown(run) + closing + after)
}
