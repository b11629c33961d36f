import { chainEvent, type AuditEvent } from '../../src/domain/audit.ts'
import { newKeyId, type KeyOwner, type SigningKey } from '../../src/domain/signing-key.ts'
import { findChainEnd, insertEvents } from '../../src/store/tables/events.ts'
import { withDatabase } from './database.ts'

const rowsAtOnce = 1_000
const hour = 3_600_000

/**
 * Writes the keys and audit events of many hourly rotations without overlap, for a webhook without keys. Stores no
 * secrets, as if all had been erased.
 * @returns the key IDs, oldest first
 */
export async function writeLongTrail(url: string, owner: KeyOwner, rotations: number): Promise<string[]> {
  return withDatabase(url, async (queries) => {
    let last = await findChainEnd(queries, owner)
    const keys: SigningKey[] = []
    const events: AuditEvent[] = []
    for (let generation = 1; generation <= rotations; generation++) {
      const now = Date.now() - (rotations - generation + 1) * hour
      const issued = newKey(owner, generation, now)
      const before = keys.at(-1)
      if (before) Object.assign(before, { expiresAt: now, revokedAt: now })
      const rotated = {
        ...{ type: 'secret.rotated' as const, at: now, actor: null, requestId: null, reason: null },
        ...{ key: { ...issued }, endedKeys: before ? [before] : [] },
      }
      last = chainEvent(owner, rotated, last)
      keys.push(issued)
      events.push(last as AuditEvent)
    }
    for (let first = 0; first < rotations; first += rowsAtOnce) {
      const rows = keys.slice(first, first + rowsAtOnce).map(toKeyRow)
      await queries.insertInto('signing_keys').values(rows).execute()
    }
    await insertEvents(queries, events)
    return keys.map(({ id }) => id)
  })
}

function newKey(owner: KeyOwner, generation: number, createdAt: number): SigningKey {
  return {
    ...owner,
    id: newKeyId(createdAt),
    generation,
    fingerprint: 'whsec_****0000',
    sha256: String(generation).padStart(64, '0'),
    guessable: false,
    createdAt,
    createdBy: null,
    reason: null,
    expiresAt: null,
    revokedAt: null,
    secretErased: false,
  }
}

function toKeyRow(key: SigningKey) {
  return {
    id: key.id,
    application_id: key.applicationId,
    webhook_id: key.webhookId,
    generation: key.generation,
    fingerprint: key.fingerprint,
    sha256: key.sha256,
    guessable: 0,
    sealed_secret: null,
    sealed_by: null,
    created_at: key.createdAt,
    created_by: key.createdBy,
    reason: key.reason,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
  }
}
