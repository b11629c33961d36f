import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import Koa from 'koa'
import { expect, onTestFinished, test } from 'vitest'
import { readBody } from '../../../src/http/request/json-body.ts'

test('a large body keeps its slot until the response is sent, because the operation holds the body in memory until then', async () => {
  const { signal } = new AbortController()
  const { promise: finished, resolve: finish } = Promise.withResolvers<undefined>()
  let read = 0
  const koa = new Koa().use(async (context) => {
    await readBody(context, { maxBytes: 1_000_000, owner: 'app_1', signal })
    read += 1
    await finished
    context.status = 204
  })
  const server = koa.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const send = () =>
    fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ payload: 'x'.repeat(100_000) }),
    })
  const responses = Array.from({ length: 12 }, send)
  await expect.poll(() => read).toBe(8)
  await delay(100)
  expect(read).toBe(8)
  finish(undefined)
  for (const response of responses) expect((await response).status).toBe(204)
  expect(read).toBe(12)
})
