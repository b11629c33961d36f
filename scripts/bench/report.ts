import type { Figures, Table } from './figures.ts'
import type { Goal } from './goals.ts'

/** Each table that a run can measure, with its title. */
const titles = {
  rotation: 'rotations',
  signing: 'signatures of 1 KiB with two keys',
  signaturesAtScale: 'signatures as the number of keys grows',
  rotationsAtScale: 'rotations as the number of keys grows',
  latency: 'one signature at a time',
  memory: 'memory under signatures',
  instances: 'behind nginx, on one PostgreSQL server',
  commands: 'commands',
  start: 'startup',
}

export type Tables = Partial<Record<keyof typeof titles, Table>>

export interface Run {
  machine: string
  node: string
  loadTool: string
  rounds: number
  seconds: number
  connections: number
  tables: Tables
  goals: Goal[]
}

/** Each figure's column, with its number of decimals. */
const columns: Record<keyof Figures, [string, number]> = {
  perSecond: ['per second', 0],
  p50Ms: ['p50 ms', 1],
  p99Ms: ['p99 ms', 1],
  memoryMiB: ['memory MiB', 0],
  cpuMicroseconds: ['CPU µs each', 0],
  failed: ['failed', 0],
  milliseconds: ['ms', 0],
  seconds: ['seconds', 0],
}

/** Formats a run's results as Markdown, for docs/benchmarks.md. */
export function toMarkdown(run: Run): string {
  const { machine, node, loadTool, rounds, seconds, connections, tables, goals } = run
  const formatted = Object.entries(titles).flatMap(([name, title]) => {
    const table = tables[name as keyof Tables]
    return table && Object.keys(table).length > 0 ? [`${toTable(title, table)}\n`] : []
  })
  return `Medians of ${rounds} rounds of ${seconds} s, interleaved, ${connections} connections, ${loadTool}, Node ${node}, ${machine}:

${formatted.join('')}| ratio | measured | goal | |
| --- | ---: | ---: | --- |
${goals.map(goalRow).join('')}`
}

/** Formats the README's performance table. */
export function toSummary({ tables, machine, node, connections }: Run): string {
  const { rotation = {}, signing = {}, signaturesAtScale = {} } = tables
  const fanOuts = Object.keys(signing).find((name) => name.startsWith('rekey, fan-outs')) ?? ''
  const many = Object.keys(signaturesAtScale).at(-1) ?? ''
  const rows = {
    'rotations on SQLite': rotation['rekey'],
    'rotations on PostgreSQL': rotation['rekey on PostgreSQL'],
    'signatures of 1 KiB': signing['rekey'],
    'signatures of 1 KiB, 100 webhooks per request': signing[fanOuts],
    'signatures of 1 KiB, a million keys stored': signaturesAtScale[many],
  }
  const measured = Object.entries(rows).flatMap(([name, of]) =>
    of ? [[name, { ...of, cpuMicroseconds: undefined }] as const] : [],
  )
  return toTable(`${connections} connections, Node ${node}, ${machine}`, Object.fromEntries(measured))
}

function toTable(
  title: string,
  table: Record<string, Partial<Record<keyof Figures, number | null | undefined>>>,
): string {
  const used = (Object.keys(columns) as (keyof Figures)[]).filter((name) =>
    Object.values(table).some((of) => isMeasured(of[name])),
  )
  const header = [title, ...used.map((name) => columns[name][0])].join(' | ')
  const rows = Object.entries(table).map(([name, of]) => {
    const cells = used.map((figure) => format(of[figure], columns[figure][1]))
    return `| ${[name, ...cells].join(' | ')} |\n`
  })
  return `| ${header} |\n| --- |${' ---: |'.repeat(used.length)}\n${rows.join('')}`
}

function isMeasured(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && !Number.isNaN(value)
}

function format(value: number | null | undefined, digits: number): string {
  return isMeasured(value) ? value.toFixed(digits) : ''
}

function goalRow({ what, value, bound, kind, met }: Goal): string {
  return `| ${what} | ${value.toFixed(2)} | ${kind} ${bound} | ${met ? 'met' : '**missed**'} |\n`
}
