import type { Key, SecretState } from './state.ts'

/** Whether the key signs, as far as the clock of this machine tells. */
function isLive({ state, expiresAt }: Key, now: number): boolean {
  return state === 'current' || (state === 'previous' && endOf(expiresAt) > now)
}

/** The keys that sign, newest first. */
export function liveKeys({ current, previous }: SecretState, now: number): Key[] {
  return [current, ...previous].filter((key) => key !== null).filter((key) => isLive(key, now))
}

/** The keys that signed once, newest first. */
export function endedKeys({ previous }: SecretState, now: number): Key[] {
  return previous.filter((key) => !isLive(key, now))
}

/** When the key's time was over, in milliseconds since 1970; Infinity for a key without an end. */
export function keyEnd({ expiresAt, revokedAt }: Key): number {
  return Math.min(endOf(expiresAt), endOf(revokedAt))
}

/** Whether the end of a key's overlap lies between two moments. */
export function endsBetween({ previous }: SecretState, after: number, until: number): boolean {
  return previous.some((key) => isLive(key, after) && !isLive(key, until))
}

/** The time that a timeline shows, in milliseconds since 1970. */
export interface Scale {
  start: number
  end: number
  /** When the first key that is still live got its successor. */
  rotatedAt: number
}

/**
 * From a little before the first overlap that goes on, so that one sees the old key sign alone, until a
 * little after the last ends, when the new one does. Null while there is no overlap.
 * @param live newest first
 */
export function scaleOf(live: readonly Key[]): Scale | null {
  const successor = live.at(-2)
  if (!successor) return null
  const rotatedAt = Date.parse(successor.createdAt)
  const ends = Math.max(...live.slice(1).map(keyEnd))
  const margin = (ends - rotatedAt) * 0.12
  return { start: rotatedAt - margin, end: ends + margin, rotatedAt }
}

/** Where a moment is on the scale, from 0 to 100. */
export function position({ start, end }: Scale, time: number): number {
  return Math.min(100, Math.max(0, ((time - start) / (end - start)) * 100))
}

function endOf(time: string | null): number {
  return time === null ? Infinity : Date.parse(time)
}
