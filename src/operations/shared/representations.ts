import type { components } from '../../../generated/types.ts'
import type { AuditEvent, EventKey } from '../../domain/audit.ts'
import { toScheme } from '../../domain/schemes/schemes.ts'
import type { SelfEndingOverlap } from '../../domain/self-ending-overlap.ts'
import { keyState, type SigningKey } from '../../domain/signing-key.ts'
import type { ApplicationRow } from '../../store/schema.ts'
import { toSchemeChoice, type WebhookWithKeys } from '../../store/tables/webhooks.ts'

type Schemas = components['schemas']

export function toApplication(row: ApplicationRow): Schemas['Application'] {
  return { id: row.id, name: row.name, createdAt: toTime(row.created_at), updatedAt: toTime(row.updated_at) }
}

export function toWebhook(row: WebhookWithKeys): Schemas['Webhook'] {
  const hasSecret = row.current_sealed_by !== null
  return {
    id: row.id,
    applicationId: row.application_id,
    url: row.url,
    description: row.description,
    signatureScheme: row.signature_scheme,
    signatureHeader: toScheme(toSchemeChoice(row)).signatureHeader,
    keyId: hasSecret ? row.current_id : null,
    keyFingerprint: hasSecret ? row.current_fingerprint : null,
    keyCreatedAt: hasSecret ? toTimeOrNull(row.current_created_at) : null,
    liveKeys: row.live_keys,
    overlapEndsAt: toTimeOrNull(row.overlap_ends_at),
    createdAt: toTime(row.created_at),
    updatedAt: toTime(row.updated_at),
  }
}

export function toKeyView(key: SigningKey, signs: boolean, now: number): Schemas['Key'] {
  return {
    id: key.id,
    keyFingerprint: key.fingerprint,
    sha256: key.guessable ? null : key.sha256,
    state: keyState(key, now),
    signs,
    secretErased: key.secretErased,
    createdAt: toTime(key.createdAt),
    createdBy: key.createdBy,
    reason: key.reason,
    expiresAt: toTimeOrNull(key.expiresAt),
    revokedAt: toTimeOrNull(key.revokedAt),
  }
}

export function toEventView(event: AuditEvent): Schemas['Event'] {
  return {
    sequence: event.sequence,
    type: event.type,
    at: toTime(event.at),
    actor: event.actor,
    reason: event.reason,
    requestId: event.requestId,
    key: event.key && toEventKey(event.key),
    endedKeys: event.endedKeys.map(toEventKey),
    previousHash: event.previousHash,
    hash: event.hash,
  }
}

/** Represents an event as an item of the feed of all events. */
export function toFeedEvent(event: AuditEvent): Schemas['FeedEvent'] {
  return { applicationId: event.applicationId, webhookId: event.webhookId, ...toEventView(event) }
}

/**
 * @param live the live keys
 * @param selfEnding undefined if the overlap is not self-ending
 */
export function toOverlap(
  live: readonly SigningKey[],
  selfEnding: SelfEndingOverlap | undefined,
): Schemas['Overlap'] | null {
  const ends = live.flatMap(({ expiresAt }) => expiresAt ?? [])
  if (ends.length === 0) return null
  const { lastProbe = null, nextProbeAt = null } = selfEnding ?? {}
  return {
    endsAt: toTime(Math.max(...ends)),
    endWhenProven: selfEnding !== undefined,
    lastProbe: lastProbe && { at: toTime(lastProbe.at), proven: lastProbe.proven },
    nextProbeAt: toTimeOrNull(nextProbeAt),
  }
}

function toEventKey({ id, fingerprint, expiresAt, revokedAt }: EventKey): Schemas['EventKey'] {
  return {
    id,
    keyFingerprint: fingerprint,
    expiresAt: toTimeOrNull(expiresAt),
    revokedAt: toTimeOrNull(revokedAt),
  }
}

/** Formats a key's ID as a strong entity tag (RFC 9110, section 8.8.3). */
export function toETag(keyId: string): string {
  return `"${keyId}"`
}

/**
 * Returns the headers of a response with a key's entity tag. `no-transform` (RFC 9111, section 5.2.2.6) keeps proxies
 * from compressing the response, which would weaken the tag.
 */
export function etagHeaders(keyId: string): { ETag: string; 'Cache-Control': string } {
  return { ETag: toETag(keyId), 'Cache-Control': 'no-store, no-transform' }
}

export function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

export function toTimeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : toTime(milliseconds)
}
