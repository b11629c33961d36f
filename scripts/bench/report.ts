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

/** Formats the results of a run as Markdown, for the README. */
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

function rows(results: Record<string, Result>): string {
  return Object.entries(results)
    .map(([name, { perSecond, p50Ms, p99Ms, memoryMiB }]) => {
      const cells = [perSecond.toFixed(0), p50Ms.toFixed(1), p99Ms.toFixed(1), memoryMiB.toFixed(0)]
      return `| ${[name, ...cells.map((cell) => cell.replace('NaN', ''))].join(' | ')} |\n`
    })
    .join('')
}

function goalRow({ what, value, bound, kind, met }: Goal): string {
  return `| ${what} | ${value.toFixed(2)} | ${kind} ${bound} | ${met ? 'met' : '**missed**'} |\n`
}
