import { newMessageId } from '../domain/signature.ts'
import { toErrorBody } from '../error-body.ts'
import { RekeyError } from '../errors.ts'
import type { Operation } from './shared/operation.ts'
import { decodePayload } from './shared/payload.ts'
import { signForEach, type Signed } from './shared/sign-for-each.ts'

/** Maximum size of the payload, times the number of webhooks. */
const maxSignedBytes = 64 * 1_048_576

export const signForWebhooks: Operation<'signForWebhooks'> = async ({ path, body }, context) => {
  const { applicationId } = path
  const { webhookIds } = body
  // The validator does not detect a repeated `__proto__`.
  if (new Set(webhookIds).size < webhookIds.length)
    throw new RekeyError('badRequest', {
      message: 'body/webhookIds must have 1 to 1000 items, without duplicates',
    })
  const time = context.now()
  const message = {
    id: body.messageId ?? newMessageId(),
    timestamp: body.timestamp ?? Math.floor(time / 1000),
    payload: await decodePayload(applicationId, body, context),
  }
  rejectIfTooLarge(message.payload.length, webhookIds.length)
  const signed = await signForEach({ applicationId, webhookIds, message, time }, context)
  const failures = signed.filter((result) => 'error' in result && !(result.error instanceof RekeyError))
  // One log line, however many webhooks failed.
  if (failures.length > 0)
    context.logError(failures[0]?.error, `a message could not be signed for ${failures.length} webhooks`)
  const items = signed.map((result, index) => ({ webhookId: webhookIds[index] ?? '', ...toItem(result) }))
  return { status: 200, body: { items } }
}

function toItem(result: Signed) {
  if ('headers' in result) return result
  const { error } = result
  return { error: toErrorBody(error instanceof RekeyError ? error : new RekeyError('internal')) }
}

function rejectIfTooLarge(payloadBytes: number, webhooks: number): void {
  if (payloadBytes * webhooks <= maxSignedBytes) return
  throw new RekeyError('contentTooLarge', {
    message:
      `body/payload must not be larger than ${Math.floor(maxSignedBytes / webhooks)} bytes for ${webhooks} webhooks. ` +
      'Sign for fewer webhooks at a time.',
  })
}
