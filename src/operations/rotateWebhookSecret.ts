import { FingerprintTaken, maxLiveKeys, TooManyLiveKeys } from '../domain/rotation.ts'
import { toReceiverKey } from '../domain/key-material.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
import { InvalidSigningSecret, parseSigningSecret } from '../domain/signing-secret.ts'
import { RekeyError } from '../errors.ts'
import { putIdempotencyRecord } from '../store/tables/idempotency-records.ts'
import { findSealedKey } from '../store/tables/sealed-keys.ts'
import {
  differentBody,
  findPriorKeyId,
  readIdempotencyKey,
  runUnlessInFlight,
  toRecord,
  type IdempotentRequest,
} from './shared/idempotency-key.ts'
import { checkInvitation, rejectBody, takeInvitation } from './shared/invited.ts'
import type { Input, Operation, OperationContext } from './shared/operation.ts'
import { rejectSecretIn } from './shared/plaintext.ts'
import { checkPreconditions } from './shared/preconditions.ts'
import { etagHeaders, toTime } from './shared/representations.ts'
import { checkRotationLimit } from './shared/rotation-limit.ts'
import { rotateInTransaction, type Rotated } from './shared/rotation-transaction.ts'

export const rotateWebhookSecret: Operation<'rotateWebhookSecret'> = async (input, context) => {
  const { path, header, body = {} } = input
  const { invitation } = context.caller
  const key = header['Idempotency-Key']
  if (invitation) rejectBody(input.body)
  rejectSecretIn('body/reason', body.reason, body.signingSecret)
  if (body.endWhenProven && (body.overlapSeconds ?? context.overlapSeconds) === 0)
    throw new RekeyError('badRequest', { message: noOverlapToEnd(body.overlapSeconds) })
  if (key === undefined) {
    if (invitation) throw keyRequired()
    return rotate(input, context)
  }
  const idempotent = readIdempotencyKey(key, context.caller, body)
  return runUnlessInFlight(context.inFlight, path, idempotent, () => rotate(input, context, idempotent))
}

async function rotate(
  { path, header, body = {} }: Input<'rotateWebhookSecret'>,
  context: OperationContext,
  idempotent?: IdempotentRequest,
) {
  const { caller, requestId, rotationsPerMinute } = context
  const { invitation } = caller
  const { overlapSeconds = context.overlapSeconds, endWhenProven, reason = null } = invitation ?? body
  try {
    const outcome = await rotateInTransaction<string>(context, {
      owner: path,
      given:
        body.signingSecret === undefined ? undefined : { secret: parseSigningSecret(body.signingSecret) },
      overlapSeconds,
      endWhenProven,
      actor: caller.subject,
      reason,
      requestId,
      skip: async (queries, settled) => idempotent && findPriorKeyId(queries, path, idempotent, settled),
      async check(queries, keys, now) {
        if (invitation) await checkInvitation(queries, invitation, now)
        await checkRotationLimit(queries, rotationsPerMinute, keys[0], now)
      },
      checkLast(keys, now) {
        // A precondition counts only if the rotation would succeed without it (RFC 9110, section 13.2.1).
        checkPreconditions(header, keys, now)
      },
      async record(queries, { key }, now) {
        if (invitation) await takeInvitation(queries, invitation, now)
        if (idempotent) await putIdempotencyRecord(queries, toRecord(idempotent, path, key.id, now))
      },
    })
    return 'skipped' in outcome
      ? await replay(path, outcome.skipped, body.signingSecret, context)
      : respond(outcome)
  } catch (error) {
    throw toRekeyError(error)
  }
}

/**
 * Repeats the original request's response. The idempotency record does not contain the secret, which is therefore
 * unsealed from the key.
 * @throws RekeyError `unprocessable` if the original request imported a different secret
 */
async function replay(
  owner: KeyOwner,
  keyId: string,
  imported: string | undefined,
  { store, keyring, signal }: OperationContext,
) {
  const found = await store.read((queries) => findSealedKey(queries, keyId), signal)
  if (!found) throw new RekeyError('notFound')
  const secret = toReceiverKey(keyring.unseal(found.sealed, { ...owner, keyId }))
  if (imported !== undefined && imported !== secret) throw differentBody()
  const { status, headers, body } = respond({ key: found.key, secret })
  return { status, headers: { ...headers, 'Idempotency-Replayed': 'true' }, body }
}

function respond({ key, secret }: Rotated) {
  return {
    status: 200 as const,
    headers: etagHeaders(key.id),
    body: { keyFingerprint: key.fingerprint, signingSecret: secret },
  }
}

function keyRequired(): RekeyError {
  return new RekeyError('badRequest', {
    message:
      "header/Idempotency-Key is required with an invitation's token: without it, a lost response would lose the secret",
  })
}

function noOverlapToEnd(overlapSeconds: number | undefined): string {
  const remedy =
    overlapSeconds === 0 ? 'remove one of them' : 'add overlapSeconds, because REKEY_OVERLAP_SECONDS is 0'
  return `body/endWhenProven needs an overlap, and overlapSeconds 0 leaves none; ${remedy}`
}

/** Converts domain errors to API errors. */
function toRekeyError(error: unknown): unknown {
  if (error instanceof InvalidSigningSecret)
    return new RekeyError('badRequest', {
      message:
        'body/signingSecret must not be a private or public key (whsk_ or whpk_); these cannot be imported',
    })
  if (error instanceof FingerprintTaken)
    return new RekeyError('conflict', {
      message:
        'A live key of this webhook has this secret or the same fingerprint. Import a different secret, ' +
        'or omit signingSecret to generate one.',
    })
  if (error instanceof TooManyLiveKeys)
    return new RekeyError('conflict', {
      message:
        `This webhook has ${maxLiveKeys} live keys, the maximum. Rotate with overlapSeconds 0 to revoke all ` +
        `older keys, or wait until ${toTime(error.nextEnd)}, when the next one expires.`,
    })
  return error
}
