import { FingerprintTaken, planRotation } from '../domain/rotation.ts'
import { newKeyId, type KeyOwner, type SigningKey } from '../domain/signing-key.ts'
import { fingerprint, parseSigningSecret, type SigningSecret } from '../domain/signing-secret.ts'
import { RekeyError } from '../errors.ts'
import { findChainEnd } from '../store/events.ts'
import { putIdempotencyRecord } from '../store/idempotency-records.ts'
import { saveRotation } from '../store/rotation.ts'
import { findSealedKey, listLiveKeys } from '../store/signing-keys.ts'
import { webhookExists } from '../store/webhooks.ts'
import {
  alone,
  findEarlier,
  readIdempotencyKey,
  toRecord,
  type IdempotentRequest,
} from './idempotency-key.ts'
import { checkIfMatch } from './if-match.ts'
import { checkKeptText } from './kept-text.ts'
import type { Input, Operation, OperationContext } from './shared/operation.ts'
import { toETag } from './representation.ts'
import { checkRotationLimit } from './rotation-limit.ts'

export const rotateWebhookSecret: Operation<'rotateWebhookSecret'> = async (input, context) => {
  const { path, header, body = {} } = input
  checkKeptText('body/reason', body.reason)
  const key = header['Idempotency-Key']
  if (key === undefined) return rotateUntilUnique(input, context)
  const idempotent = readIdempotencyKey(key, context.caller, body)
  return alone(context.inFlight, path, idempotent, () => rotateUntilUnique(input, context, idempotent))
}

/**
 * One secret in 65,536 has the fingerprint of a given key: another one is made. An imported secret
 * cannot be another, so its caller is told.
 */
async function rotateUntilUnique(...args: Parameters<typeof rotate>): ReturnType<typeof rotate> {
  for (;;) {
    try {
      return await rotate(...args)
    } catch (error) {
      if (!(error instanceof FingerprintTaken) || args[0].body?.signingSecret !== undefined) throw error
    }
  }
}

async function rotate(
  { path, header, body = {} }: Input<'rotateWebhookSecret'>,
  context: OperationContext,
  idempotent?: IdempotentRequest,
) {
  const { store, keyring, generateSecret, now, overlapSeconds, rotationsPerMinute } = context
  const { caller, requestId, signal } = context
  const secret = body.signingSecret === undefined ? generateSecret() : parseSigningSecret(body.signingSecret)
  const keyId = newKeyId(now())
  // Sealed before the transaction, which others wait for.
  const sealed = keyring.seal(secret, { ...path, keyId })

  const outcome = await store.write(
    path,
    async (queries) => {
      const time = now()
      const [exists, live, last, earlier] = await Promise.all([
        webhookExists(queries, path),
        listLiveKeys(queries, path, time),
        findChainEnd(queries, path),
        idempotent && findEarlier(queries, path, idempotent, time),
      ])
      if (!exists) throw new RekeyError('notFound')
      if (earlier !== undefined) return { earlier }
      checkIfMatch(header['If-Match'], live, time)
      await checkRotationLimit(queries, rotationsPerMinute, live[0], time)
      const rotation = planRotation(live, {
        owner: path,
        keyId,
        fingerprint: fingerprint(secret),
        overlapSeconds: body.overlapSeconds ?? overlapSeconds,
        createdBy: caller.subject,
        reason: body.reason ?? null,
        now: time,
      })
      await saveRotation(queries, rotation, { sealed, sealedBy: keyring.newestKid }, requestId, last)
      if (idempotent) await putIdempotencyRecord(queries, toRecord(idempotent, path, keyId, time))
      return rotation
    },
    signal,
  )

  return 'issued' in outcome ? answer(outcome.issued, secret) : replay(path, outcome.earlier, context)
}

/** Answers once more what a lost answer said. The secret is opened from where it is kept for signing. */
async function replay(owner: KeyOwner, keyId: string, { store, keyring, signal }: OperationContext) {
  const found = await store.read((queries) => findSealedKey(queries, keyId), signal)
  if (!found) throw new RekeyError('notFound')
  const { status, headers, body } = answer(found.key, keyring.open(found.sealed, { ...owner, keyId }))
  return { status, headers: { ...headers, 'Idempotency-Replayed': 'true' }, body }
}

function answer(key: SigningKey, secret: SigningSecret) {
  return {
    status: 200 as const,
    headers: { ETag: toETag(key.id) },
    body: { keyFingerprint: key.fingerprint, signingSecret: secret },
  }
}
