import { expect, test } from 'vitest'
import { FairGate } from '../../../src/fair-gate.ts'
import { KeptKeys } from '../../../src/operations/shared/kept-keys.ts'
import type { OperationContext } from '../../../src/operations/shared/operation.ts'
import { signForEach } from '../../../src/operations/shared/sign-for-each.ts'
import type { WebhookKeys } from '../../../src/store/tables/live-keys.ts'

test('a fan-out to webhooks without keys lets other work run, although all of them are kept', async () => {
  const webhookIds = Array.from({ length: 1_000 }, (_, index) => `hook_${index}`)
  const keptKeys = new KeptKeys({ version: () => 1 })
  const webhook: WebhookKeys = { scheme: { name: 'standard-webhooks', header: null }, keys: [] }
  await keptKeys.read('app', webhookIds, 0, () =>
    Promise.resolve(new Map(webhookIds.map((id) => [id, webhook]))),
  )
  const context: Partial<OperationContext> = {
    keptKeys,
    turns: new FairGate(1),
    signal: new AbortController().signal,
  }
  let turns = 0
  let isDone = false
  const count = () => {
    turns += 1
    if (!isDone) setImmediate(count)
  }
  setImmediate(count)
  const message = { id: 'msg_1', timestamp: 0, payload: Buffer.alloc(0) }
  const signed = await signForEach(
    { applicationId: 'app', webhookIds, message, time: 0 },
    context as OperationContext,
  )
  isDone = true
  expect(signed.map(({ error }) => (error as Error).message)).toEqual(
    webhookIds.map(() => 'This webhook has no signing secret yet. Rotate it once to issue one.'),
  )
  // One turn for each 64 webhooks.
  expect(turns).toBeGreaterThanOrEqual(15)
})
