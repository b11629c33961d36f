import type { Result } from './rotation.ts'
import type { ScaleResult } from './scale.ts'

export interface Measured {
  rotation: Record<string, Result>
  scale: ScaleResult
  /** Median startup times in milliseconds, by the name of the measurement. */
  start: Record<string, number>
  few: number
  many: number
}

/** A measured ratio, with the bound that it must reach or must not exceed. */
export interface Goal {
  what: string
  value: number
  bound: number
  kind: 'at least' | 'at most'
  met: boolean
}

/** Compares a run's results with the goals. */
export function judge({ rotation, scale, start, few, many }: Measured): Goal[] {
  const rate = (results: Record<string, Result>, name: string) => results[name]?.perSecond ?? NaN
  const rekey = rate(rotation, 'rekey')
  const [atFew, atMany] = [`rekey, ${few} keys`, `rekey, ${many} keys`]
  const cost = (results: Record<string, Result>) => rate(results, atFew) / rate(results, atMany)
  const atLeast = (bound: number, what: string, value: number): Goal => ({
    ...{ what, value, bound, kind: 'at least', met: value >= bound },
  })
  const atMost = (bound: number, what: string, value: number): Goal => ({
    ...{ what, value, bound, kind: 'at most', met: value <= bound },
  })
  const goals = [
    atLeast(0.8, 'rotations per second: rekey / limit', rekey / rate(rotation, 'limit')),
    atLeast(3, 'rotations per second: rekey / naive', rekey / rate(rotation, 'naive')),
    atLeast(1, 'rotations per second: rekey / fastify', rekey / rate(rotation, 'fastify')),
    atMost(
      1.5,
      'p99 of a rotation: rekey / limit',
      (rotation['rekey']?.p99Ms ?? NaN) / (rotation['limit']?.p99Ms ?? NaN),
    ),
    atLeast(
      0.5,
      'rotations per second on PostgreSQL: rekey / pgbench',
      rate(rotation, 'rekey on PostgreSQL') / rate(rotation, 'pgbench'),
    ),
    atLeast(
      0.7,
      'signatures per second: rekey / limit',
      rate(scale.signing, atFew) / rate(scale.signing, `limit, ${few} keys`),
    ),
    atMost(1.2, `cost of a rotation: ${many} keys / ${few} keys`, cost(scale.rotation)),
    atMost(1.2, `cost of a signature: ${many} keys / ${few} keys`, cost(scale.signing)),
    atMost(
      8,
      'time to the first 200: rekey / `node -e 0`',
      (start['rekey, first 200'] ?? NaN) / (start['node -e 0'] ?? NaN),
    ),
    atMost(
      1.5,
      'resident memory under load: rekey / limit',
      (rotation['rekey']?.memoryMiB ?? NaN) / (rotation['limit']?.memoryMiB ?? NaN),
    ),
  ]
  // If pgbench is not installed, its ratio is NaN.
  return goals.filter(({ value }) => !Number.isNaN(value))
}
