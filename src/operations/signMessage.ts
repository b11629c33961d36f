import { newMessageId, signMessage as sign } from '../domain/signature.ts'
import type { Operation } from './shared/operation.ts'
import { readPayload } from './shared/payload.ts'
import { unsealLiveKeys } from './shared/unseal-keys.ts'

export const signMessage: Operation<'signMessage'> = async ({ path, body }, context) => {
  const time = context.now()
  const message = {
    id: body.messageId ?? newMessageId(),
    timestamp: body.timestamp ?? Math.floor(time / 1000),
    payload: readPayload(body.payload, body.payloadEncoding),
  }
  const keys = await unsealLiveKeys(path, time, context)
  const secrets = keys.map(({ secret }) => secret)
  return { status: 200, body: { headers: sign(message, secrets) } }
}
