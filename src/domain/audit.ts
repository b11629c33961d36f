import { createHash } from 'node:crypto'
import type { KeyOwner, SigningKey } from './signing-key.ts'

/** What the first event of a chain has for the hash of the one before. */
export const firstPreviousHash = '0'.repeat(64)

export type EventType =
  | 'webhook.created'
  | 'webhook.updated'
  | 'webhook.deleted'
  | 'secret.rotated'
  | 'secret.previous_revoked'
  | 'receiver.probed'

/** What an event tells of a key. Times are milliseconds since 1970. */
export type EventKey = Pick<SigningKey, 'id' | 'fingerprint' | 'expiresAt' | 'revokedAt'>

/** Who did it, on what request. */
export interface Origin {
  /** The token's subject. */
  actor: string | null
  /** Null if a command did it. */
  requestId: string | null
}

/** What happened to a webhook. */
export interface EventDetails extends Origin {
  type: EventType
  /** Milliseconds since 1970. */
  at: number
  /** Why a secret was rotated, or the verdicts of a probe. */
  reason: string | null
  /** The key that was issued, or held current by a probe. */
  key: EventKey | null
  /** The keys whose end was set. */
  endedKeys: EventKey[]
}

/** An entry of a webhook's audit trail. */
export interface AuditEvent extends EventDetails, KeyOwner {
  /** 1 for the first, one more for each that follows. */
  sequence: number
  previousHash: string
  hash: string
}

/** The end of a chain: what the next event is chained to. */
export type ChainEnd = Pick<AuditEvent, 'sequence' | 'hash'>

/** Chains what happened to the last event of its webhook. */
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

/** Says why an event is not the one that follows `last`, or null if it is. */
export function findChainBreak(event: AuditEvent, last: ChainEnd | undefined): string | null {
  if (event.sequence !== (last?.sequence ?? 0) + 1) return 'an event before it is missing'
  if (event.previousHash !== (last?.hash ?? firstPreviousHash))
    return 'it does not follow the event before it'
  return event.hash === hashOf(event) ? null : 'it was changed'
}

/** SHA-256 over what the event says, in an order that the document tells. */
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
