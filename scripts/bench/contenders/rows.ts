/** The rows that a rotation writes. Every contender writes these, so that they differ in the way there alone. */
import { createCipheriv, createHash, createSecretKey, randomBytes } from 'node:crypto'
import type { ChainEnd, EventKey } from '../../../src/domain/audit.ts'
import { publicRandomBytes } from '../../../src/domain/random.ts'
import { newKeyId, type KnownKey } from '../../../src/domain/signing-key.ts'
import { liveAfter } from '../../../src/domain/told-keys.ts'

export interface Owner {
  applicationId: string
  webhookId: string
}

const [kid = '', encoded = ''] = (process.env['REKEY_ENCRYPTION_KEYS'] ?? '').split(':')
const encryptionKey = createSecretKey(Buffer.from(encoded, 'base64'))

/** Rotations of one webhook that are allowed within a minute, as Rekey has it. */
export const rotationsPerMinute = 30

export const selectWebhook = 'select id from webhooks where application_id = ? and id = ?'
// Prepared once only thanks to the casts.
export const selectLastEvent = `select sequence, hash, type, previous_change, live_keys from events
  where application_id = cast(? as text) and webhook_id = cast(? as text) order by sequence desc limit 1`
export const selectRotationTime = `select at from events where application_id = cast(? as text)
  and webhook_id = cast(? as text) and type = 'secret.rotated' order by sequence desc
  limit 1 offset ${rotationsPerMinute - 1}`
export const selectSealedSecret = 'select sealed_secret from signing_keys where id = ?'
export const insertKey = `insert into signing_keys (id, application_id, webhook_id, sequence, fingerprint, sha256,
  sealed_secret, sealed_by, created_at, created_by, reason) values (:id, :application_id, :webhook_id, :sequence,
  :fingerprint, :sha256, :sealed_secret, :sealed_by, :created_at, :created_by, null)`
export const insertEvent = `insert into events (application_id, webhook_id, sequence, type, at, actor, reason,
  request_id, key, ended_keys, previous_hash, hash, previous_change, live_keys) values (:application_id, :webhook_id, :sequence,
  :type, :at, :actor, null, :request_id, :key, :ended_keys, :previous_hash, :hash, :previous_change, :live_keys)`
export const insertSecretToErase =
  'insert into secrets_to_erase (at, key_id) values (:at, :key_id) on conflict do nothing'

/** A new key with its secret, as the table has it but for the sequence of its event. */
export function makeKey({ applicationId, webhookId }: Owner, subject: string, now: number) {
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const id = newKeyId(now)
  const sha256 = createHash('sha256').update(secret).digest('hex')
  const row = {
    id,
    application_id: applicationId,
    webhook_id: webhookId,
    fingerprint: `whsec_****${sha256.slice(0, 4)}`,
    sha256,
    sealed_secret: seal(secret, `${applicationId}/${webhookId}/${id}`),
    sealed_by: kid,
    created_at: now,
    created_by: subject,
  }
  return { secret, row }
}

/** Compact JWE, `dir` and A256GCM (RFC 7516, appendix A). */
function seal(secret: string, binding: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid, rekey: binding })).toString(
    'base64url',
  )
  const iv = publicRandomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', encryptionKey, iv).setAAD(Buffer.from(header))
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()])
  return [
    header,
    '',
    ...[iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url')),
  ].join('.')
}

/** The end of a trail, as its row has it. */
export interface LastEvent {
  sequence: number
  hash: string
  type: 'secret.rotated'
  previous_change: number | null
  live_keys: string
}

export function readLastEvent({ sequence, hash, type, previous_change, live_keys }: LastEvent): ChainEnd {
  const liveKeys = JSON.parse(live_keys) as KnownKey[]
  return { sequence, hash, type, previousChange: previous_change, liveKeys }
}

/** The entry of the audit trail, chained to the last one. */
export function makeEvent(
  owner: Owner,
  row: { id: string; fingerprint: string; created_at: number; created_by: string },
  ended: KnownKey[],
  last: ChainEnd | undefined,
  requestId: string,
) {
  const previousHash = last?.hash ?? '0'.repeat(64)
  const sequence = (last?.sequence ?? 0) + 1
  const { applicationId, webhookId } = owner
  const { id, fingerprint, created_at: at, created_by: actor } = row
  const type = 'secret.rotated' as const
  const key = toEventKey({ id, fingerprint, expiresAt: null, revokedAt: null })
  const endedKeys = ended.map(toEventKey)
  const said = [previousHash, applicationId, webhookId, sequence, type, at, actor, null, requestId]
  const keys = [Object.values(key), endedKeys.map((ended) => Object.values(ended))]
  return {
    application_id: applicationId,
    webhook_id: webhookId,
    sequence,
    type,
    at,
    actor,
    request_id: requestId,
    key: JSON.stringify(key),
    ended_keys: JSON.stringify(endedKeys),
    previous_hash: previousHash,
    hash: createHash('sha256')
      .update(JSON.stringify([...said, ...keys]))
      .digest('hex'),
    // Only rotations are in the trails here.
    previous_change: last?.sequence ?? null,
    live_keys: JSON.stringify(liveAfter(last?.liveKeys ?? [], { type, at, key, endedKeys })),
  }
}

/** In the order in which the hash has them too. */
function toEventKey({ id, fingerprint, expiresAt, revokedAt }: EventKey): EventKey {
  return { id, fingerprint, expiresAt, revokedAt }
}
