import type { AuditEvent } from './audit.ts'
import type { SigningKey } from './signing-key.ts'

/** The keys that a webhook's audit trail records, by key ID. */
export type KeyHistory = Map<string, RecordedKey>

type RecordedKey = Pick<SigningKey, 'createdAt' | 'expiresAt' | 'revokedAt'>

/** Applies an event to the key history built from all earlier events. */
export function recordEvent(told: KeyHistory, { type, at, key, endedKeys }: AuditEvent): void {
  // Deleting a webhook deletes its keys.
  if (type === 'webhook.deleted') told.clear()
  for (const { id, expiresAt, revokedAt } of endedKeys) {
    const ended = told.get(id)
    if (ended) Object.assign(ended, { expiresAt, revokedAt })
  }
  if (type === 'secret.rotated' && key) told.set(key.id, { createdAt: at, expiresAt: null, revokedAt: null })
}

/** Returns how a stored key differs from its webhook's audit trail, or null if they agree. */
export function findKeyMismatch(key: RecordedKey & Pick<SigningKey, 'id'>, told: KeyHistory): string | null {
  const tale = told.get(key.id)
  if (tale?.createdAt !== key.createdAt) return 'no event in the audit trail records it'
  if (tale.expiresAt !== key.expiresAt) return 'its expiry differs from the audit trail'
  return tale.revokedAt === key.revokedAt ? null : 'its revocation differs from the audit trail'
}
