import type { Message, Scheme } from '../domain/schemes/scheme.ts'
import { signersOf } from '../domain/signers.ts'
import { messageHeaders, newMessageId, sign } from '../domain/signature.ts'
import type { Operation } from './shared/operation.ts'
import { decodePayload } from './shared/payload.ts'
import { runInSlices } from './shared/slices.ts'
import { hashedBytes, unsealLiveKeys, type UnsealedKey } from './shared/unseal-keys.ts'

export const signMessage: Operation<'signMessage'> = async ({ path, body }, context) => {
  const { applicationId } = path
  const time = context.now()
  const message = {
    id: body.messageId ?? newMessageId(),
    timestamp: body.timestamp ?? Math.floor(time / 1000),
    payload: await decodePayload(applicationId, body, context),
  }
  const { scheme, keys } = await unsealLiveKeys(path, time, context)
  const signers = signersOf(scheme, keys)
  const bytes = hashedBytes(scheme, signers, message)
  const signatures = await runInSlices(
    { applicationId, bytes, steps: signWith(scheme, signers, message) },
    context,
  )
  return { status: 200, body: { headers: messageHeaders(scheme, message, signatures) } }
}

function* signWith(
  scheme: Scheme,
  keys: readonly UnsealedKey[],
  message: Message,
): Generator<undefined, string[]> {
  const signatures = []
  for (const { secret } of keys) {
    signatures.push(sign(scheme, message, secret))
    yield
  }
  return signatures
}
