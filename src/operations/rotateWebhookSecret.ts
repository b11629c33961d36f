import { FingerprintTaken, planRotation } from '../domain/rotation.ts'
import { newKeyId } from '../domain/signing-key.ts'
import { fingerprint, parseSigningSecret } from '../domain/signing-secret.ts'
import { RekeyError } from '../errors.ts'
import { endKey, insertKey, listLiveKeys } from '../store/signing-keys.ts'
import { webhookExists } from '../store/webhooks.ts'
import type { Input, Operation, OperationContext } from './operation.ts'
import { toETag } from './representation.ts'

export const rotateWebhookSecret: Operation<'rotateWebhookSecret'> = async (input, context) => {
  for (;;) {
    try {
      return await rotate(input, context)
    } catch (error) {
      // One secret in 65,536 has the fingerprint of a given key: another one is made. An imported
      // secret cannot be another, so its caller is told.
      if (!(error instanceof FingerprintTaken) || input.body?.signingSecret !== undefined) throw error
    }
  }
}

async function rotate(
  { path, body = {} }: Input<'rotateWebhookSecret'>,
  { store, keyring, generateSecret, now, overlapSeconds, caller, signal }: OperationContext,
) {
  const secret = body.signingSecret === undefined ? generateSecret() : parseSigningSecret(body.signingSecret)
  const keyId = newKeyId()
  // Sealed before the transaction, which others wait for.
  const sealed = await keyring.seal(secret, { ...path, keyId })

  const issued = await store.write(async (queries) => {
    if (!(await webhookExists(queries, path))) throw new RekeyError('notFound')
    const time = now()
    const rotation = planRotation(await listLiveKeys(queries, path, time), {
      owner: path,
      keyId,
      fingerprint: fingerprint(secret),
      overlapSeconds: body.overlapSeconds ?? overlapSeconds,
      createdBy: caller.subject,
      reason: body.reason ?? null,
      now: time,
    })
    for (const key of rotation.ended) await endKey(queries, key)
    await insertKey(queries, rotation.issued, { sealed, sealedBy: keyring.newestKid })
    return rotation.issued
  }, signal)

  return {
    status: 200 as const,
    headers: { ETag: toETag(issued.id) },
    body: { keyFingerprint: issued.fingerprint, signingSecret: secret },
  }
}
