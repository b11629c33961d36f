import { chain, type AuditEvent } from '../../src/domain/audit.ts'
import { newKeyId, type IssuedKey, type KeyOwner } from '../../src/domain/signing-key.ts'
import { liveAt } from '../../src/domain/told-keys.ts'
import { findChainEnd, insertEvents } from '../../src/store/events.ts'
import { withDatabase } from './database.ts'

const rowsAtOnce = 1_000
const hour = 3_600_000

/**
 * Writes the keys and events of so many rotations, one an hour with no overlap, for a webhook that has no key. Their
 * secrets are erased already, but for that of the last, which is none.
 * @returns the ids of the keys, oldest first
 */
export async function writeLongTrail(url: string, owner: KeyOwner, rotations: number): Promise<string[]> {
  return withDatabase(url, async (queries) => {
    let last = await findChainEnd(queries, owner)
    const keys: IssuedKey[] = []
    const events: AuditEvent[] = []
    for (let rotation = 1; rotation <= rotations; rotation++) {
      const now = Date.now() - (rotations - rotation + 1) * hour
      const issued = newKey(owner, (last?.sequence ?? 0) + 1, now)
      const before = liveAt(last?.liveKeys ?? [], now)
      const rotated = chain(
        owner,
        {
          ...{ type: 'secret.rotated', at: now, actor: null, requestId: null, reason: null },
          key: { ...issued, expiresAt: null, revokedAt: null },
          endedKeys: before.map((key) => ({ ...key, expiresAt: now, revokedAt: now })),
        },
        last,
      )
      keys.push(issued)
      events.push(rotated)
      last = rotated
    }
    for (let first = 0; first < rotations; first += rowsAtOnce) {
      const rows = keys.slice(first, first + rowsAtOnce).map(toKeyRow)
      await queries.insertInto('signing_keys').values(rows).execute()
    }
    await insertEvents(queries, events)
    return keys.map(({ id }) => id)
  })
}

function newKey(owner: KeyOwner, sequence: number, createdAt: number): IssuedKey {
  return {
    ...owner,
    id: newKeyId(createdAt),
    sequence,
    fingerprint: 'whsec_****0000',
    sha256: String(sequence).padStart(64, '0'),
    createdAt,
    createdBy: null,
    reason: null,
  }
}

function toKeyRow(key: IssuedKey) {
  return {
    id: key.id,
    application_id: key.applicationId,
    webhook_id: key.webhookId,
    sequence: key.sequence,
    fingerprint: key.fingerprint,
    sha256: key.sha256,
    sealed_secret: null,
    sealed_by: null,
    created_at: key.createdAt,
    created_by: key.createdBy,
    reason: key.reason,
  }
}
