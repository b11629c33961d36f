import { createHash } from 'node:crypto'
import { toScheme, type SchemeChoice } from './schemes/schemes.ts'
import type { KeyOwner } from './signing-key.ts'

const second = 1_000
const minute = 60 * second

/**
 * Times of the first probes after the rotation, in milliseconds. Then one every 5 minutes for an hour, then one
 * every 30 minutes.
 */
const firstProbes = [10 * second, 30 * second, minute, 2 * minute, 5 * minute]
const hourlyFrom = 5 * minute + 60 * minute

/** Minimum time in milliseconds from the first to the last of the proofs that end an overlap. */
const proofsSpanMs = 5 * minute

/** An overlap that ends once the receiver is proven. Times are milliseconds since 1970. */
export interface SelfEndingOverlap extends KeyOwner {
  /** The key that the rotation issued. */
  keyId: string
  startedAt: number
  /** When the last previous key expires. */
  endsAt: number
  /** Null if no further probe is scheduled. */
  nextProbeAt: number | null
  lastProbe: LastProbe | null
}

/** The last scheduled probe of an overlap. */
export interface LastProbe {
  at: number
  proven: boolean
  /** Summary of the verdicts. */
  verdicts: string
  /** The consecutive proofs up to this probe; null if it proved nothing. */
  proofs: Proofs | null
}

/** Consecutive proofs about the same target. */
export interface Proofs {
  count: number
  /** When the first of them was made. */
  since: number
  /** See targetOf. */
  target: string
}

/** Starts the schedule of an overlap. */
export function startOverlap(
  owner: KeyOwner,
  times: Pick<SelfEndingOverlap, 'keyId' | 'startedAt' | 'endsAt'>,
): SelfEndingOverlap {
  const { applicationId, webhookId } = owner
  const nextProbeAt = nextProbeTime(times, times.startedAt)
  return { applicationId, webhookId, ...times, nextProbeAt, lastProbe: null }
}

/**
 * Returns the time of the first probe after `time`, or null if the overlap ends before it. Skips missed probes.
 */
export function nextProbeTime(
  { startedAt, endsAt }: Pick<SelfEndingOverlap, 'startedAt' | 'endsAt'>,
  time: number,
): number | null {
  const passed = time - startedAt
  const interval = passed < hourlyFrom ? 5 * minute : 30 * minute
  const since = passed < hourlyFrom ? 0 : hourlyFrom
  const later = since + (Math.floor((passed - since) / interval) + 1) * interval
  const next = startedAt + (firstProbes.find((after) => after > passed) ?? later)
  return next < endsAt ? next : null
}

/** Identifies what a probe tested, apart from the key. A proof says nothing about another URL, scheme or header. */
export function targetOf(url: string, { name, header }: SchemeChoice): string {
  return createHash('sha256')
    .update(JSON.stringify([url, name, header]))
    .digest('hex')
}

/** Returns the consecutive proofs after one more at `now`. */
export function addProof(lastProbe: LastProbe | null, target: string, now: number): Proofs {
  const before = lastProbe?.proofs
  return before?.target === target ? { ...before, count: before.count + 1 } : { count: 1, since: now, target }
}

/**
 * Returns how many consecutive proofs end an overlap. A receiver that reads only the oldest key's signature refuses
 * deliveries from the moment it switches, so the first proof ends the overlap. Otherwise, there is time for more
 * proofs, because a proof from one instance of a receiver says nothing about the others.
 */
export function proofsNeeded(scheme: SchemeChoice): number {
  const { separator, mayReadLastOnly = false } = toScheme(scheme)
  return separator === undefined || mayReadLastOnly ? 1 : 3
}

/**
 * Whether the proofs end the overlap.
 * @param settled a time that has certainly passed; with the current time, a clock jump could look like minutes
 */
export function isProven(scheme: SchemeChoice, { count, since }: Proofs, settled: number): boolean {
  const needed = proofsNeeded(scheme)
  return count >= needed && (needed === 1 || settled - since >= proofsSpanMs)
}
