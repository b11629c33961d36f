import { createHash } from 'node:crypto'
import type { KeyOwner, SigningKey } from './signing-key.ts'

/** The `previousHash` of a chain's first event. */
export const firstPreviousHash = '0'.repeat(64)

export const eventTypes = [
  'webhook.created',
  'webhook.updated',
  'webhook.deleted',
  'secret.rotated',
  'secret.previous_revoked',
  'receiver.probed',
  'overlap.expired',
  'invitation.created',
  'invitation.revoked',
] as const

export type EventType = (typeof eventTypes)[number]

/** A key's state as an event records it. Times are milliseconds since 1970. */
export type EventKey = Pick<SigningKey, 'id' | 'fingerprint' | 'expiresAt' | 'revokedAt'>

/** The actor and the request that caused an event. */
export interface Origin {
  /** The token's subject, or the command, such as `rekey rotate`. Null if the token has no subject. */
  actor: string | null
  /** Null if a CLI command caused the event. */
  requestId: string | null
}

/** An event's content, without its position in the chain. */
export interface EventDetails extends Origin {
  type: EventType
  /** Milliseconds since 1970. */
  at: number
  /**
   * For a rotation, the reason that the caller gave, if any; for a probe, a summary of its verdicts; for the end of
   * a self-ending overlap, the result of its probes; for an invitation, its ID; otherwise null.
   */
  reason: string | null
  /** For a rotation, the new key; for a probe or an expired overlap, the key that was current; otherwise null. */
  key: EventKey | null
  /** Keys that this event revoked, and keys whose expiry it set. */
  endedKeys: EventKey[]
}

/** An entry in a webhook's audit trail. */
export interface AuditEvent extends EventDetails, KeyOwner {
  /** Numbers a webhook's events from 1, without gaps. */
  sequence: number
  previousHash: string
  hash: string
}

/** The fields of a chain's last event that the next event needs. */
export type ChainEnd = Pick<AuditEvent, 'sequence' | 'hash'>

/** Joins the parts of an event's reason. Returns null if there are none. */
export function joinReasons(...parts: (string | null)[]): string | null {
  return parts.filter((part) => part !== null).join('; ') || null
}

/** Creates the event that follows `last` in the webhook's chain, or the first event if `last` is undefined. */
export function chainEvent(owner: KeyOwner, happening: EventDetails, last: ChainEnd | undefined): AuditEvent {
  const event = {
    applicationId: owner.applicationId,
    webhookId: owner.webhookId,
    ...happening,
    key: happening.key && eventKey(happening.key),
    endedKeys: happening.endedKeys.map(eventKey),
    sequence: (last?.sequence ?? 0) + 1,
    previousHash: last?.hash ?? firstPreviousHash,
  }
  return { ...event, hash: hashOf(event) }
}

/** Returns why `event` is not a valid successor of `last`, or null if it is valid. */
export function findChainBreak(event: AuditEvent, last: ChainEnd | undefined): string | null {
  if (event.sequence !== (last?.sequence ?? 0) + 1) return 'an event before it is missing'
  if (event.previousHash !== (last?.hash ?? firstPreviousHash))
    return 'its previousHash does not match the hash of the previous event'
  return event.hash === hashOf(event) ? null : 'its content was changed'
}

/** Hashes the event's fields with SHA-256, in the order that the OpenAPI document specifies. */
function hashOf(event: Omit<AuditEvent, 'hash'>): string {
  const { previousHash, applicationId, webhookId, sequence, type, at, actor, reason, requestId } = event
  const said = [previousHash, applicationId, webhookId, sequence, type, at, actor, reason, requestId]
  const keys = [event.key && keyFields(event.key), event.endedKeys.map(keyFields)]
  return createHash('sha256')
    .update(JSON.stringify([...said, ...keys]))
    .digest('hex')
}

function eventKey({ id, fingerprint, expiresAt, revokedAt }: EventKey): EventKey {
  return { id, fingerprint, expiresAt, revokedAt }
}

function keyFields({ id, fingerprint, expiresAt, revokedAt }: EventKey): unknown[] {
  return [id, fingerprint, expiresAt, revokedAt]
}
