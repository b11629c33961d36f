import { isDeepStrictEqual } from 'node:util'
import type { AuditEvent, EventKey, Happening } from './audit.ts'
import { endOf, isLive, maxLiveKeys, type IssuedKey, type KnownKey } from './signing-key.ts'

/** How far apart the clocks of instances on one database may be. */
const clockSkewMs = 3_600_000

/** How many keys an event lists at most. */
const maxListed = 2 * maxLiveKeys

/**
 * The keys that are not revoked after something happened to a webhook, oldest first. Those that have just expired are
 * among them, since by the clock of another instance they may still sign: until a rotation an hour later, and of more
 * than `maxListed` those that end last.
 * @param before the keys that were not revoked before it
 */
export function liveAfter(
  before: readonly KnownKey[],
  { type, at, key, endedKeys }: Pick<Happening, 'type' | 'at' | 'key' | 'endedKeys'>,
): KnownKey[] {
  if (type === 'webhook.deleted') return []
  const left = before.map((live) => {
    const ended = endedKeys.find(({ id }) => id === live.id)
    return ended ? { ...live, expiresAt: ended.expiresAt, revokedAt: ended.revokedAt } : live
  })
  if (type === 'secret.rotated' && key)
    left.push({ id: key.id, fingerprint: key.fingerprint, createdAt: at, expiresAt: null, revokedAt: null })
  // No other event, since no wrong clock may end an overlap that nobody meant to end.
  const forgottenAt = type === 'secret.rotated' ? at - clockSkewMs : -Infinity
  const live = left.filter((key) => key.revokedAt === null && endOf(key) > forgottenAt)
  if (live.length <= maxListed) return live
  const lasting = live.toSorted((a, b) => endOf(b) - endOf(a)).slice(0, maxListed)
  return live.filter((key) => lasting.includes(key))
}

/** Those that sign at `now`, newest first. */
export function liveAt(keys: readonly KnownKey[], now: number): KnownKey[] {
  return keys.filter((key) => isLive(key, now)).reverse()
}

/**
 * What the last events of a webhook tell of its keys, in no order.
 * @param events oldest first
 */
export function tellKeys(
  events: readonly Pick<AuditEvent, 'type' | 'key' | 'endedKeys' | 'liveKeys'>[],
): EventKey[] {
  const told = new Map<string, EventKey>()
  for (const { type, key, endedKeys, liveKeys } of events) {
    // Its keys went with it.
    if (type === 'webhook.deleted') told.clear()
    const issued = type === 'secret.rotated' && key ? [key] : []
    for (const key of [...endedKeys, ...issued, ...(liveKeys ?? [])]) told.set(key.id, key)
  }
  return [...told.values()]
}

/**
 * Says in what the live keys that an event tells are not those that come of all events up to it, or null if they
 * are. Those that have expired by then do not matter.
 * @param expected what `liveAfter` makes of these events
 */
export function liveKeysFault(
  event: AuditEvent,
  before: AuditEvent | undefined,
  expected: KnownKey[],
): string | null {
  // As it was written before events told them (migration 0006).
  if (event.liveKeys === null && !before?.liveKeys) return null
  const told = liveAt(event.liveKeys ?? [], event.at)
  return isDeepStrictEqual(told, liveAt(expected, event.at))
    ? null
    : 'its live keys are not what the events tell'
}

/** Says in what a stored key is not as the event tells that issued it, or null if it is. */
export function keyFault(
  key: IssuedKey,
  event: Pick<AuditEvent, 'type' | 'at' | 'actor' | 'reason' | 'key'> | null,
): string | null {
  if (event?.type !== 'secret.rotated' || event.key?.id !== key.id) return 'no event tells of it'
  const { fingerprint } = event.key
  const told = { fingerprint, createdAt: event.at, createdBy: event.actor, reason: event.reason }
  const { fingerprint: stored, createdAt, createdBy, reason } = key
  return isDeepStrictEqual(told, { fingerprint: stored, createdAt, createdBy, reason })
    ? null
    : 'it is not what its event tells'
}
