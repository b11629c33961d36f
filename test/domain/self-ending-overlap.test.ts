import { expect, test } from 'vitest'
import { schemes, type SchemeName } from '../../src/domain/schemes/schemes.ts'
import { addProof, isProven, nextProbeTime, proofsNeeded } from '../../src/domain/self-ending-overlap.ts'

const minute = 60_000
const hour = 60 * minute

test('the schedule has 17 probes in the first 65 minutes, then one every 30 minutes until the overlap ends', () => {
  const overlap = { startedAt: 1_000, endsAt: 1_000 + 168 * hour }
  const times: number[] = []
  for (let time: number | null = 1_000; (time = nextProbeTime(overlap, time)) !== null;)
    times.push(time - 1_000)
  expect(times.slice(0, 6)).toEqual([10_000, 30_000, minute, 2 * minute, 5 * minute, 10 * minute])
  expect(times.filter((time) => time <= 65 * minute)).toHaveLength(17)
  expect(times.slice(16, 20)).toEqual([65 * minute, 95 * minute, 125 * minute, 155 * minute])
  expect(times.at(-1)).toBeLessThan(168 * hour)
  expect(times.at(-1)).toBeGreaterThanOrEqual(167.5 * hour)
})

test('there is no probe at or after the end of the overlap', () => {
  expect(nextProbeTime({ startedAt: 0, endsAt: 10_000 }, 0)).toBeNull()
  expect(nextProbeTime({ startedAt: 0, endsAt: 10_001 }, 0)).toBe(10_000)
})

test('one proof is enough only for schemes whose receivers may read a single signature', () => {
  const names = Object.keys(schemes) as SchemeName[]
  const single = names.filter((name) => proofsNeeded({ name, header: null }) === 1)
  expect(single).toEqual(['paddle', 'github', 'shopify', 'slack'])
})

test('three proofs end an overlap only if at least 5 minutes have passed since the first, even if the clock jumps', () => {
  const scheme = { name: 'standard-webhooks', header: null } as const
  const proofs = (count: number) => ({ count, since: 0, target: 'a' })
  expect(isProven(scheme, proofs(2), hour)).toBe(false)
  expect(isProven(scheme, proofs(3), 5 * minute - 1)).toBe(false)
  expect(isProven(scheme, proofs(3), 5 * minute)).toBe(true)
})

test('a proof about a different target starts the count again at one', () => {
  const last = { at: 0, proven: true, verdicts: '', proofs: { count: 2, since: 5, target: 'a' } }
  expect(addProof(last, 'a', 9)).toEqual({ count: 3, since: 5, target: 'a' })
  expect(addProof(last, 'b', 9)).toEqual({ count: 1, since: 9, target: 'b' })
  expect(addProof(null, 'a', 9)).toEqual({ count: 1, since: 9, target: 'a' })
})
