import { createHash } from 'node:crypto'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import { findIdempotencyRecord } from '../../store/tables/idempotency-records.ts'
import type { IdempotencyRecordRow } from '../../store/schema.ts'
import type { Queries } from '../../store/store.ts'
import type { Caller } from './operation.ts'

/** For how long a request is known again. */
const windowMs = 600_000

/** A request that may be a retry: neither the caller's key nor the body can be read out of it. */
export interface IdempotentRequest {
  /** SHA-256 over the caller and its key: the same key of another caller is a stranger. */
  request: string
  /** SHA-256 over the body. */
  body: string
}

/**
 * Reads an Idempotency-Key: a structured string (RFC 8941, section 3.3.3), as the IETF draft has it, or
 * the bare token, which means the same.
 */
export function readIdempotencyKey(
  header: string,
  caller: Caller,
  body: Readonly<Record<string, unknown>>,
): IdempotentRequest {
  const key = header.startsWith('"') ? header.slice(1, -1).replace(/\\(["\\])/g, '$1') : header
  return { request: sha256([caller.identity, key]), body: sha256(Object.entries(body).sort()) }
}

/**
 * Runs `work` unless the same request is under way.
 * @throws RekeyError `conflict` if it is
 */
export async function runUnlessInFlight<T>(
  inFlight: Set<string>,
  { applicationId, webhookId }: KeyOwner,
  { request }: IdempotentRequest,
  work: () => Promise<T>,
): Promise<T> {
  const place = `${applicationId}/${webhookId}/${request}`
  if (inFlight.has(place)) {
    throw new RekeyError('conflict', {
      message: 'A request with this Idempotency-Key is under way. Send it again once that is answered.',
      retryAfterSeconds: 1,
    })
  }
  inFlight.add(place)
  try {
    return await work()
  } finally {
    inFlight.delete(place)
  }
}

/**
 * The id of the key that an earlier request made, if this one is its retry.
 * @throws RekeyError `unprocessable` if the earlier one had another body
 */
export async function findPriorKeyId(
  queries: Queries,
  owner: KeyOwner,
  { request, body }: IdempotentRequest,
  now: number,
): Promise<string | undefined> {
  const record = await findIdempotencyRecord(queries, owner, request, now)
  if (record && record.body !== body) {
    throw new RekeyError('unprocessable', {
      message: 'This Idempotency-Key was used with another body. Use a new key for another rotation.',
    })
  }
  return record?.key_id
}

/** The record by which a retry is known. */
export function toRecord(
  { request, body }: IdempotentRequest,
  { applicationId, webhookId }: KeyOwner,
  keyId: string,
  now: number,
): IdempotencyRecordRow {
  return {
    application_id: applicationId,
    webhook_id: webhookId,
    request,
    body,
    key_id: keyId,
    expires_at: now + windowMs,
  }
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
