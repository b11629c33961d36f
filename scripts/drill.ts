/**
 * Runs real servers for a given time while they crash, their clocks jump, connections break and a hostile tenant
 * attacks, then checks every promise: `npm run drill -- --minutes 20`. Exits with code 1 if any promise was broken.
 */
import { parseArgs } from 'node:util'
import type { DatabaseKind } from './drill/databases.ts'
import { runStretch, type StretchReport } from './drill/stretch.ts'

/**
 * A longer drill consists of several stretches, each with a new database. This keeps the final check of each database
 * quick.
 */
const maxStretchMinutes = 10
/**
 * Maximum 99th percentile of the time that the innocent tenant's signatures take, in milliseconds. Signatures during an
 * outage do not count.
 */
const maxSignatureMs = 1_000
const maxRssMib = 512

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    database: { type: 'string', default: 'both' },
  },
})
const minutes = Number(values.minutes)
if (!(minutes >= 1 && minutes <= 10_000)) throw new Error('--minutes must be a number from 1 to 10000')
const kinds: DatabaseKind[] =
  values.database === 'both' ? ['sqlite', 'postgres'] : [values.database as DatabaseKind]
if (!kinds.every((kind) => ['sqlite', 'postgres'].includes(kind)))
  throw new Error('--database must be sqlite, postgres or both')
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const stretches = Math.ceil(minutes / kinds.length / maxStretchMinutes)
const seconds = (minutes * 60) / kinds.length / stretches
const reports: StretchReport[] = []
for (let stretch = 0; stretch < stretches; stretch++)
  for (const kind of kinds) reports.push(await runStretch(kind, seconds, showProgress))

if (process.stderr.isTTY) process.stderr.write('\n')
const broken = kinds.flatMap((kind) =>
  summarize(
    kind,
    reports.filter(({ database }) => database === kind),
  ),
)
console.log(broken.length === 0 ? '\nevery promise was kept' : `\n${broken.length} broken promises:`)
// Group the faults by what is broken. In a fault's text, this follows the last colon; the part before it says where.
const kindsOfFault = Map.groupBy(broken, (fault) => fault.slice(fault.lastIndexOf(': ') + 2))
for (const faults of kindsOfFault.values()) console.log(`${faults.length} × ${faults[0]}`)
process.exitCode = broken.length === 0 ? 0 : 1

/** Prints the figures for one kind of database as a table. @returns the broken promises */
function summarize(kind: DatabaseKind, parts: readonly StretchReport[]): string[] {
  const sum = (read: (report: StretchReport) => number) =>
    parts.reduce((total, part) => total + read(part), 0)
  const times = parts.flatMap(({ timesMs }) => timesMs).sort((a, b) => a - b)
  const percentile = (share: number) => Math.round(times[Math.floor(share * times.length)] ?? 0)
  const maxRss = Math.round(Math.max(...parts.map((part) => part.maxRss)) / 2 ** 20)
  const disturbances = Map.groupBy(
    parts.flatMap((part) => [...part.disturbances]),
    ([name]) => name,
  )
  const rows: [string, string | number][] = [
    ['minutes', (sum((part) => part.seconds) / 60).toFixed(1)],
    ...[...disturbances].map(([name, counts]): [string, number] => [
      name,
      counts.reduce((total, [, count]) => total + count, 0),
    ]),
    ['attacks by the hostile tenant', sum(({ attacks }) => attacks)],
    ['rotations under load, acknowledged', sum(({ acknowledged }) => acknowledged)],
    ['rotations under load, outcome unknown', sum(({ unknown }) => unknown)],
    ["the innocent tenant's rotations", sum(({ rotations }) => rotations)],
    ["the innocent tenant's revocations", sum(({ revocations }) => revocations)],
    ['its messages, all verified by their receivers', sum(({ delivered }) => delivered)],
    ['its signatures that failed during an outage', sum(({ failedInOutage }) => failedInOutage)],
    [
      'its signatures while nothing is down: p50, p99, slowest',
      `${percentile(0.5)}, ${percentile(0.99)}, ${Math.round(times.at(-1) ?? 0)} ms`,
    ],
    ['most memory of a server', `${maxRss} MiB`],
  ]
  console.log(`\n| ${kind} | |\n| --- | ---: |`)
  for (const [name, value] of rows) console.log(`| ${name} | ${value} |`)

  const faults = parts.flatMap((part) => part.broken)
  if (percentile(0.99) > maxSignatureMs) faults.push(`the p99 of signatures exceeded ${maxSignatureMs} ms`)
  if (maxRss > maxRssMib) faults.push(`a server used more than ${maxRssMib} MiB`)
  return faults.map((fault) => `${kind}: ${fault}`)
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
  else console.error(text)
}
