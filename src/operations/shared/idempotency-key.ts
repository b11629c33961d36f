import { createHash } from 'node:crypto'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { isDecodable } from '../../domain/signing-secret.ts'
import { RekeyError } from '../../errors.ts'
import { findIdempotencyRecord } from '../../store/tables/idempotency-records.ts'
import type { IdempotencyRecordRow } from '../../store/schema.ts'
import type { Queries } from '../../store/store.ts'
import type { Caller } from './operation.ts'

/** How long Rekey recognizes a retry of a rotation, in milliseconds. */
const windowMs = 600_000

/**
 * Identifies a request by two hashes, so that a retry can be recognized. The hashes reveal neither the idempotency key
 * nor the body.
 */
export interface IdempotentRequest {
  /** SHA-256 of the caller's identity and the idempotency key, so that different callers can send the same one. */
  request: string
  /** SHA-256 of the body, without a guessable secret. */
  body: string
}

/**
 * Reads an Idempotency-Key header and hashes the request. The key is a quoted string, as the IETF draft requires (RFC
 * 8941, section 3.3.3), or the same text without quotes.
 */
export function readIdempotencyKey(
  header: string,
  caller: Caller,
  body: Readonly<Record<string, unknown> & { signingSecret?: string }>,
): IdempotentRequest {
  const key = header.startsWith('"') ? header.slice(1, -1).replace(/\\(["\\])/g, '$1') : header
  const { signingSecret } = body
  // The hash of a guessable secret would let its reader test guesses. A replay compares the secrets instead.
  const hashed =
    signingSecret === undefined || isDecodable(signingSecret) ? body : { ...body, signingSecret: '' }
  return { request: sha256([caller.identity, key]), body: sha256(Object.entries(hashed).sort()) }
}

/**
 * Runs `work` unless the same request is already in progress in this process.
 * @throws RekeyError `conflict` if the request is already in progress
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
      message: 'A request with this Idempotency-Key is in progress. Retry after it has completed.',
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
 * Finds the ID of the key that the original request issued, if this request is its retry.
 * @param settled a time that has certainly passed; with the current time, a jump of the clock could turn a retry into a
 * second rotation
 * @throws RekeyError `unprocessable` if the original request had a different body
 */
export async function findPriorKeyId(
  queries: Queries,
  owner: KeyOwner,
  { request, body }: IdempotentRequest,
  settled: number,
): Promise<string | undefined> {
  const record = await findIdempotencyRecord(queries, owner, request, settled)
  if (record && record.body !== body) throw differentBody()
  return record?.key_id
}

export function differentBody(): RekeyError {
  return new RekeyError('unprocessable', {
    message:
      'This Idempotency-Key was used with a different body. To rotate again, send a new Idempotency-Key.',
  })
}

/** Builds the row by which Rekey recognizes retries of this request for the next 10 minutes. */
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
