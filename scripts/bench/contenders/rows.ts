/** Builds the rows that a rotation writes. All contenders write the same rows, each in its own way. */
import { createCipheriv, createHash, createSecretKey, randomBytes } from 'node:crypto'
import { publicRandomBytes } from '../../../src/domain/random.ts'
import { newKeyId } from '../../../src/domain/signing-key.ts'

export interface Owner {
  applicationId: string
  webhookId: string
}

/** The columns of a live key that a rotation reads. */
export interface LiveKey {
  id: string
  generation: number
  fingerprint: string
  expires_at: number | null
}

export interface LastEvent {
  sequence: number
  hash: string
}

const [kid = '', encoded = ''] = (process.env['REKEY_ENCRYPTION_KEYS'] ?? '').split(':')
const encryptionKey = createSecretKey(Buffer.from(encoded, 'base64'))

export const selectWebhook = 'select id from webhooks where application_id = ? and id = ?'
export const selectLiveKeys = `select * from signing_keys where application_id = ? and webhook_id = ?
  and coalesce(revoked_at, expires_at, 9007199254740991) > ?`
export const selectCreationTime =
  'select created_at from signing_keys where application_id = ? and webhook_id = ? and generation = ?'
export const updateKey = `update signing_keys set expires_at = ?, revoked_at = ?
  where application_id = ? and webhook_id = ? and generation = ?`
export const insertKey = `insert into signing_keys (id, application_id, webhook_id, generation, fingerprint,
  sha256, sealed_secret, sealed_by, created_at, created_by, reason, expires_at, revoked_at)
  values (:id, :application_id, :webhook_id, :generation, :fingerprint, :sha256, :sealed_secret, :sealed_by,
  :created_at, :created_by, null, :expires_at, :revoked_at)`
// The casts match Rekey's own query.
export const selectLastEvent = `select sequence, hash from events where application_id = cast(? as text)
  and webhook_id = cast(? as text) order by sequence desc limit 1`
export const insertEvent = `insert into events (application_id, webhook_id, sequence, type, at, actor, reason,
  request_id, key, ended_keys, previous_hash, hash) values (:application_id, :webhook_id, :sequence, :type,
  :at, :actor, null, :request_id, :key, :ended_keys, :previous_hash, :hash)`

/** Rekey's default limit on a webhook's rotations per minute. */
export const rotationsPerMinute = 30

/** Creates a secret and its key's row, which is complete except for the generation. */
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
    expires_at: null,
    revoked_at: null,
  }
  return { secret, row }
}

/** Seals a secret in a compact JWE with `dir` and A256GCM (RFC 7516). */
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

/** Creates a rotation's audit event, chained to the webhook's last event. */
export function makeEvent(
  owner: Owner,
  key: { id: string; fingerprint: string; created_at: number; created_by: string },
  ended: { id: string; fingerprint: string; expires_at: number | null; revoked_at: number | null }[],
  last: LastEvent | undefined,
  requestId: string,
) {
  const previousHash = last?.hash ?? '0'.repeat(64)
  const sequence = (last?.sequence ?? 0) + 1
  const { applicationId, webhookId } = owner
  const { created_at: at, created_by: actor } = key
  const said = [
    previousHash,
    applicationId,
    webhookId,
    sequence,
    'secret.rotated',
    at,
    actor,
    null,
    requestId,
  ]
  const keys = [
    [key.id, key.fingerprint, null, null],
    ended.map(({ id, fingerprint, expires_at, revoked_at }) => [id, fingerprint, expires_at, revoked_at]),
  ]
  return {
    application_id: applicationId,
    webhook_id: webhookId,
    sequence,
    type: 'secret.rotated',
    at,
    actor,
    request_id: requestId,
    key: JSON.stringify({ id: key.id, fingerprint: key.fingerprint, expiresAt: null, revokedAt: null }),
    ended_keys: JSON.stringify(
      ended.map(({ id, fingerprint, expires_at, revoked_at }) => ({
        id,
        fingerprint,
        expiresAt: expires_at,
        revokedAt: revoked_at,
      })),
    ),
    previous_hash: previousHash,
    hash: createHash('sha256')
      .update(JSON.stringify([...said, ...keys]))
      .digest('hex'),
  }
}
