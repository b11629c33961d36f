import type { EventType } from '../domain/audit.ts'
import type { SchemeName } from '../domain/schemes/schemes.ts'

/** The database's tables, as types for Kysely. Times are milliseconds since 1970 (UTC). */
export interface Database {
  applications: ApplicationRow
  webhooks: WebhookRow
  signing_keys: SigningKeyRow
  idempotency_records: IdempotencyRecordRow
  rotation_invitations: RotationInvitationRow
  events: EventRow
  self_ending_overlaps: SelfEndingOverlapRow
}

export interface ApplicationRow {
  id: string
  name: string | null
  created_at: number
  updated_at: number
}

export interface WebhookRow {
  application_id: string
  id: string
  url: string
  description: string | null
  signature_scheme: SchemeName
  /** Null for the scheme's own header. */
  signature_header: string | null
  created_at: number
  updated_at: number
}

export interface SigningKeyRow {
  id: string
  application_id: string
  webhook_id: string
  generation: number
  fingerprint: string
  /** As in Fingerprint; 64 zeros if the secret was guessable and is erased. */
  sha256: string
  /** 1 if `sha256` is the HMAC of a guessable secret, otherwise 0. SQLite has no booleans. */
  guessable: number
  /** Compact JWE; null once the secret is erased. */
  sealed_secret: string | null
  /** The `kid` of the encryption key that sealed the secret; null once the secret is erased. */
  sealed_by: string | null
  created_at: number
  created_by: string | null
  reason: string | null
  expires_at: number | null
  revoked_at: number | null
  /** When a probe first proved that the receiver uses this key; null if none has. */
  proven_at: number | null
}

/** A rotation that a retry must not repeat. The secret itself is stored only with its key. */
export interface IdempotencyRecordRow {
  application_id: string
  webhook_id: string
  /** SHA-256 of the caller's identity and the Idempotency-Key. */
  request: string
  /** SHA-256 of the body. */
  body: string
  key_id: string
  expires_at: number
}

/** An invitation to rotate a webhook's secret. */
export interface RotationInvitationRow {
  id: string
  application_id: string
  webhook_id: string
  /** SHA-256 of the token, in hexadecimal. The token itself is not stored. */
  token_sha256: string
  overlap_seconds: number
  /** 1 if scheduled probes end the overlap once they have proven the receiver, otherwise 0. */
  end_when_proven: number
  reason: string | null
  created_by: string | null
  created_at: number
  expires_at: number
  used_at: number | null
  revoked_at: number | null
  /** Number of probes made with the token. */
  probes: number
}

/** An entry in a webhook's audit trail. The table has no foreign key, because events outlive their webhook. */
export interface EventRow {
  application_id: string
  webhook_id: string
  sequence: number
  type: EventType
  at: number
  actor: string | null
  reason: string | null
  request_id: string | null
  /** JSON of an EventKey, or null. */
  key: string | null
  /** JSON of an array of EventKey. */
  ended_keys: string
  previous_hash: string
  hash: string
  /** Position in the feed of all events, without gaps from 1; null until someone reads the feed up to this event. */
  position: number | null
}

/**
 * An open overlap that ends once the receiver is proven. The row is deleted when the overlap ends. After a rotation by
 * an instance that does not know this table, `key_id` is not the current key, and the row has no effect.
 */
export interface SelfEndingOverlapRow {
  application_id: string
  webhook_id: string
  /** The key that the rotation issued. */
  key_id: string
  started_at: number
  /** When the last previous key expires. */
  ends_at: number
  /** Null if no further probe is scheduled. */
  next_probe_at: number | null
  /**
   * When to look at the overlap next: at its next probe or its end. While an instance probes, the end of its lease: if
   * the instance crashes, another one then takes over.
   */
  due_at: number
  /** 1 while the overlap waits for its application's turn, otherwise 0. SQLite has no booleans. */
  queued: number
  last_probe_at: number | null
  /** Whether the last probe proved the receiver: 0 or 1. */
  proven: number
  /** Summary of the last probe's verdicts. */
  verdicts: string | null
  /** Number of proofs in a row up to the last probe. */
  proofs: number
  first_proof_at: number | null
  /** SHA-256 of the URL and scheme that these proofs are about. */
  proven_target: string | null
}
