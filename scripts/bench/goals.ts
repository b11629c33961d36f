import type { Figures } from './figures.ts'
import type { Tables } from './report.ts'

/** A measured ratio, with the bound that it must reach or must not exceed. */
export interface Goal {
  what: string
  value: number
  bound: number
  kind: 'at least' | 'at most'
  met: boolean
}

/** Compares a run's results with the goals. Leaves out what was not measured. */
export function judge(tables: Tables): Goal[] {
  const { rotation = {}, signing = {}, memory = {}, start = {}, latency = {} } = tables
  const { rotationsAtScale = {}, signaturesAtScale = {} } = tables
  const read = (of: Figures | undefined, figure: keyof Figures) => of?.[figure] ?? NaN
  const ratio = (of: Figures | undefined, to: Figures | undefined, figure: keyof Figures = 'perSecond') =>
    read(of, figure) / read(to, figure)
  const costOfMany = (table: Record<string, Figures>) => {
    const [few, many] = Object.entries(table).flatMap(([name, of]) => (name.startsWith('rekey') ? [of] : []))
    return ratio(few, many)
  }
  const fanOuts = Object.entries(signing).find(([name]) => name.startsWith('rekey, fan-outs'))?.[1]
  const whileTenant = Object.entries(latency).find(([name]) => name.includes('at a time'))?.[1]
  const previous = 'previous release'
  const goals = [
    atLeast(
      0.9,
      'rotations per second: rekey / previous release',
      ratio(rotation['rekey'], rotation[previous]),
    ),
    atLeast(3, 'rotations per second: rekey / naive', ratio(rotation['rekey'], rotation['naive'])),
    atLeast(1, 'rotations per second: rekey / fastify', ratio(rotation['rekey'], rotation['fastify'])),
    atLeast(
      0.5,
      'rotations per second on PostgreSQL: rekey / pgbench',
      ratio(rotation['rekey on PostgreSQL'], rotation['pgbench']),
    ),
    atLeast(
      1.2,
      'signatures per second: rekey / previous release',
      ratio(signing['rekey'], signing[previous]),
    ),
    atLeast(6, 'signatures per second: fan-outs of 100 / one per request', ratio(fanOuts, signing['rekey'])),
    atLeast(
      0.3,
      'signatures per second: fan-outs of 100 / HMACs in process',
      ratio(fanOuts, signing['HMACs in process']),
    ),
    atMost(2, 'cost of a rotation: most keys / fewest keys', costOfMany(rotationsAtScale)),
    atMost(1.2, 'cost of a signature: most keys / fewest keys', costOfMany(signaturesAtScale)),
    atMost(
      8,
      'time to the first 200: rekey / `node -e 0`',
      ratio(start['rekey, first 200'], start['node -e 0'], 'milliseconds'),
    ),
    atMost(
      1.1,
      'resident memory, 64 connections: rekey / previous release',
      ratio(memory['rekey, 64 connections'], memory[`${previous}, 64 connections`], 'memoryMiB'),
    ),
    atMost(
      20,
      'p99 of a signature while another tenant signs for 1,000 webhooks, in ms',
      read(whileTenant, 'p99Ms'),
    ),
  ]
  return goals.filter(({ value }) => !Number.isNaN(value))
}

function atLeast(bound: number, what: string, value: number): Goal {
  return { what, value, bound, kind: 'at least', met: value >= bound }
}

function atMost(bound: number, what: string, value: number): Goal {
  return { what, value, bound, kind: 'at most', met: value <= bound }
}
