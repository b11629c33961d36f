import { expect, test } from 'vitest'
import { probe, rotate, setUrl, startProbeServer } from '../support/probes.ts'
import { startReceiver } from '../support/receivers.ts'
import { provision } from '../support/server.ts'

test('while an application has 8 probes in progress, a further one returns 429 and sends nothing, and other applications probe', async () => {
  const server = await startProbeServer()
  const { promise: released, resolve: release } = Promise.withResolvers<number>()
  const slow = await startReceiver(() => released)
  const fast = await startReceiver(() => 204)
  const webhook = await provision(server)
  const bystander = await provision(server, 'app_2')
  for (const path of [webhook, bystander]) await rotate(server, path)
  await setUrl(server, webhook, slow.url)
  await setUrl(server, bystander, fast.url)

  const probes = Array.from({ length: 12 }, () => probe(server, webhook))
  const refused = await Promise.any(
    probes.map(async (probe) => {
      const answer = await probe
      if (answer.status !== 429) throw new Error('this probe was not refused')
      return answer
    }),
  )
  expect((await probe(server, bystander)).status).toBe(200)
  release(204)
  expect([refused.body, refused.headers.get('retry-after')]).toEqual([
    {
      error: 'Too Many Requests',
      message: 'This application has reached its limit of 8 probes at a time. Try again in 1 second.',
      code: 429,
    },
    '1',
  ])
  const statuses = (await Promise.all(probes)).map(({ status }) => status)
  const accepted = statuses.filter((status) => status === 200).length
  expect(accepted).toBeGreaterThanOrEqual(8)
  expect(slow.messages.length).toBeLessThanOrEqual(2 * accepted)
  expect((await probe(server, webhook)).status).toBe(200)
})
