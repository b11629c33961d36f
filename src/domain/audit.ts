import { createHash } from 'node:crypto'
import type { KeyOwner, SigningKey } from './signing-key.ts'

/** `previousHash` of the first event in a chain. */
export const firstPreviousHash = '0'.repeat(64)

export type EventType =
  | 'webhook.created'
  | 'webhook.updated'
  | 'webhook.deleted'
  | 'secret.rotated'
  | 'secret.previous_revoked'
  | 'receiver.probed'

/** A key as an event records it. Times are milliseconds since 1970. */
export type EventKey = Pick<SigningKey, 'id' | 'fingerprint' | 'expiresAt' | 'revokedAt'>

/** Who caused an event, and with which request. */
export interface Origin {
  /** The token's subject. */
  actor: string | null
  /** Null for a command. */
  requestId: string | null
}

/** An event before it is chained. */
export interface EventDetails extends Origin {
  type: EventType
  /** Milliseconds since 1970. */
  at: number
  /** Why a secret was rotated, or the verdicts of a probe. */
  reason: string | null
  /** The issued key; for a probe, the key that was current. */
  key: EventKey | null
  /** Keys whose end this event set. */
  endedKeys: EventKey[]
}

/** An entry in a webhook's audit trail. */
export interface AuditEvent extends EventDetails, KeyOwner {
  /** Counts a webhook's events from 1, without gaps. */
  sequence: number
  previousHash: string
  hash: string
}

/** The last event of a chain, to which the next one is chained. */
export type ChainEnd = Pick<AuditEvent, 'sequence' | 'hash'>

/** Makes the event that follows `last` in its webhook's chain. */
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

/** Returns why an event does not follow `last`, or null if it does. */
export function findChainBreak(event: AuditEvent, last: ChainEnd | undefined): string | null {
  if (event.sequence !== (last?.sequence ?? 0) + 1) return 'an event before it is missing'
  if (event.previousHash !== (last?.hash ?? firstPreviousHash))
    return 'its previousHash is not the hash of the event before it'
  return event.hash === hashOf(event) ? null : 'it was changed'
}

/** SHA-256 over the event's fields, in the order that the OpenAPI document specifies. */
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
