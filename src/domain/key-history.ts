import type { AuditEvent } from './audit.ts'
import type { SigningKey } from './signing-key.ts'

/** What the events of a webhook tell of its keys, by id. */
export type KeyHistory = Map<string, RecordedKey>

type RecordedKey = Pick<SigningKey, 'createdAt' | 'expiresAt' | 'revokedAt'>

/** Adds what an event tells of its webhook's keys to what those before it told. */
export function recordEvent(told: KeyHistory, { type, at, key, endedKeys }: AuditEvent): void {
  // Its keys went with it.
  if (type === 'webhook.deleted') told.clear()
  for (const { id, expiresAt, revokedAt } of endedKeys) {
    const ended = told.get(id)
    if (ended) Object.assign(ended, { expiresAt, revokedAt })
  }
  if (type === 'secret.rotated' && key) told.set(key.id, { createdAt: at, expiresAt: null, revokedAt: null })
}

/** Says in what a stored key is not what the events of its webhook tell of it, or null if it is. */
export function findKeyMismatch(key: RecordedKey & Pick<SigningKey, 'id'>, told: KeyHistory): string | null {
  const tale = told.get(key.id)
  if (tale?.createdAt !== key.createdAt) return 'no event tells of it'
  if (tale.expiresAt !== key.expiresAt) return 'its expiry is not what the events tell'
  return tale.revokedAt === key.revokedAt ? null : 'its revocation is not what the events tell'
}
