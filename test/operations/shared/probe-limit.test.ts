import { expect, test } from 'vitest'
import { ProbeLimit } from '../../../src/operations/shared/probe-limit.ts'

test("if four applications have used up the limit of 32 probes, a fifth application's probe is rejected until other probes end", async () => {
  const limit = new ProbeLimit()
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>()
  const start = (application: string) => limit.run(application, () => released)
  const running = Array.from({ length: 32 }, (_, index) => start(`app_${index % 4}`))
  await expect(start('app_4')).rejects.toMatchObject({
    kind: 'tooManyRequests',
    message: 'This server has reached its limit of 32 probes at a time. Try again in 1 second.',
    retryAfterSeconds: 1,
  })
  release(undefined)
  await Promise.all(running)
  expect(await limit.run('app_4', () => Promise.resolve('sent'))).toBe('sent')
})

test('a probe that fails no longer counts toward the limit', async () => {
  const limit = new ProbeLimit()
  for (let i = 0; i < 40; i++)
    await expect(limit.run('app_1', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await limit.run('app_1', () => Promise.resolve('sent'))).toBe('sent')
})
