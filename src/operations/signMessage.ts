import { newMessageId } from '../domain/signature.ts'
import type { Operation } from './shared/operation.ts'
import { decodePayload } from './shared/payload.ts'
import { signForEach } from './shared/sign-for-each.ts'

export const signMessage: Operation<'signMessage'> = async ({ path, body }, context) => {
  const { applicationId, webhookId } = path
  const time = context.now()
  const message = {
    id: body.messageId ?? newMessageId(),
    timestamp: body.timestamp ?? Math.floor(time / 1000),
    payload: await decodePayload(applicationId, body, context),
  }
  const webhookIds = [webhookId]
  const [signed = { error: undefined }] = await signForEach(
    { applicationId, webhookIds, message, time },
    context,
  )
  if ('error' in signed) throw signed.error
  return { status: 200, body: signed }
}
