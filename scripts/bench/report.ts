import type { Goal, Measured } from './goals.ts'
import type { Result } from './rotation.ts'

export interface Run extends Measured {
  machine: string
  node: string
  loadTool: string
  rounds: number
  seconds: number
  connections: number
  goals: Goal[]
}

/** Formats a run's results as Markdown, for docs/benchmarks.md. */
export function toMarkdown(run: Run): string {
  const { machine, node, loadTool, rounds, seconds, connections } = run
  return `Medians of ${rounds} rounds of ${seconds} s, interleaved, ${connections} connections, ${loadTool}, Node ${node}, ${machine}:

| rotations | per second | p50 ms | p99 ms | memory MiB |
| --- | ---: | ---: | ---: | ---: |
${rows(run.rotation)}
| signatures of 1 KiB with two keys | per second | p50 ms | p99 ms | memory MiB |
| --- | ---: | ---: | ---: | ---: |
${rows(run.scale.signing)}
| rotations as the number of keys grows | per second | p50 ms | p99 ms | memory MiB |
| --- | ---: | ---: | ---: | ---: |
${rows(run.scale.rotation)}
| ratio | measured | goal | |
| --- | ---: | ---: | --- |
${run.goals.map(goalRow).join('')}`
}

/** Formats the README's performance table. */
export function toSummary({ rotation, scale, few, many, machine, node, connections }: Run): string {
  return `| ${connections} connections, Node ${node}, ${machine} | per second | p50 ms | p99 ms | memory MiB |
| --- | ---: | ---: | ---: | ---: |
${rows({
  'rotations on SQLite': rotation['rekey'],
  'rotations on PostgreSQL': rotation['rekey on PostgreSQL'],
  [`signatures of 1 KiB, ${few.toLocaleString('en')} keys stored`]: scale.signing[`rekey, ${few} keys`],
  [`signatures of 1 KiB, ${many.toLocaleString('en')} keys stored`]: scale.signing[`rekey, ${many} keys`],
})}`
}

function rows(results: Record<string, Result | undefined>): string {
  return Object.entries(results)
    .map(([name, result]) => {
      if (!result) throw new Error(`the run has no result for ${name}`)
      const { perSecond, p50Ms, p99Ms, memoryMiB } = result
      const cells = [figure(perSecond, 0), figure(p50Ms, 1), figure(p99Ms, 1), figure(memoryMiB, 0)]
      return `| ${[name, ...cells].join(' | ')} |\n`
    })
    .join('')
}

/** Formats a metric. Returns an empty string for a metric that was not measured: NaN, or null if read from JSON. */
function figure(value: number | null, digits: number): string {
  return value === null || Number.isNaN(value) ? '' : value.toFixed(digits)
}

function goalRow({ what, value, bound, kind, met }: Goal): string {
  return `| ${what} | ${value.toFixed(2)} | ${kind} ${bound} | ${met ? 'met' : '**missed**'} |\n`
}
