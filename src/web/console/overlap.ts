import type { OverlapChoice } from './dialogs.ts'
import type { SchemeName } from './schemes.ts'
import type { Key, SecretState, State } from './state.ts'

/** The overlap that dialogs propose. */
export const defaultOverlap: OverlapChoice = { overlapSeconds: 86_400, isOther: false, endWhenProven: false }

/** Returns the properties of a rotation's body that ask for the chosen overlap. */
export function toOverlapInput({ overlapSeconds, endWhenProven }: OverlapChoice) {
  return { overlapSeconds, endWhenProven: endWhenProven && overlapSeconds > 0 }
}

/** Returns whether the key is live according to this machine's clock. */
function isLive({ state, expiresAt }: Key, now: number): boolean {
  return state === 'current' || (state === 'previous' && endOf(expiresAt) > now)
}

/** Returns the webhook's scheme; undefined if it is not loaded. */
export function schemeOf(webhook: State['webhook']): SchemeName | undefined {
  return webhook.is === 'done' ? webhook.value.signatureScheme : undefined
}

/** Returns whether the webhook has never had a secret. */
export function isWithoutSecret({ current, previous }: SecretState): boolean {
  return current === null && previous.length === 0
}

/** Returns the live keys, newest first. */
export function liveKeys({ current, previous }: SecretState, now: number): Key[] {
  return [current, ...previous].filter((key) => key !== null).filter((key) => isLive(key, now))
}

/** Returns the inactive keys, newest first. */
export function endedKeys({ previous }: SecretState, now: number): Key[] {
  return previous.filter((key) => !isLive(key, now))
}

/** Returns the keys that should still sign, but cannot, because their secret was erased. Newest first. */
export function lostKeys({ previous }: SecretState, now: number): Key[] {
  return previous.filter((key) => key.secretErased && key.revokedAt === null && keyEnd(key) > now)
}

/** Returns when the key stops signing, in milliseconds since 1970; Infinity without an expiry or revocation. */
export function keyEnd({ expiresAt, revokedAt }: Key): number {
  return Math.min(endOf(expiresAt), endOf(revokedAt))
}

/** Returns whether any previous key is live at `after` but no longer live at `until`. */
export function endsBetween({ previous }: SecretState, after: number, until: number): boolean {
  return previous.some((key) => isLive(key, after) && !isLive(key, until))
}

/** Usual maximum duration of a scheduled probe, including the pause before it, in milliseconds. */
const probeMs = 10_000

/** Returns whether a scheduled probe should have been completed between the two times. */
export function isProbedBetween({ overlap }: SecretState, after: number, until: number): boolean {
  const doneAt = endOf(overlap?.nextProbeAt ?? null) + probeMs
  return doneAt > after && doneAt <= until
}

/** The time range of a timeline, in milliseconds since 1970. */
export interface Scale {
  start: number
  end: number
  /** When the oldest live key was replaced. */
  rotatedAt: number
}

/**
 * Returns the time range of all running overlaps; null if there is no overlap. The range starts before the overlaps and
 * ends after them, so the timeline also shows the old key and the new key each signing alone.
 * @param live the live keys, newest first
 */
export function scaleOf(live: readonly Key[]): Scale | null {
  const successor = live.at(-2)
  if (!successor) return null
  const rotatedAt = Date.parse(successor.createdAt)
  const ends = Math.max(...live.slice(1).map(keyEnd))
  const margin = (ends - rotatedAt) * 0.12
  return { start: rotatedAt - margin, end: ends + margin, rotatedAt }
}

/** Returns a time's position on the scale, from 0 to 100. */
export function position({ start, end }: Scale, time: number): number {
  return Math.min(100, Math.max(0, ((time - start) / (end - start)) * 100))
}

function endOf(time: string | null): number {
  return time === null ? Infinity : Date.parse(time)
}
