import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { components } from '../../generated/types.ts'
import { provision, startServer } from '../support/server.ts'

test('the audit trail lists who did what, when and why, newest first, as a hash chain', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const headers = { 'x-request-id': 'request-1' }
  const issued = await server.api('PATCH', `${webhook}/secret`, { headers, body: { reason: 'leak' } })
  await server.api('PATCH', `${webhook}/secret`)
  await server.api('DELETE', `${webhook}/secret/previous`)
  await server.api('DELETE', `${webhook}/secret/previous`)
  await server.api('PATCH', `${webhook}/secret`, { headers: { 'if-match': '"none"' } })
  await server.api('DELETE', webhook)
  const { body, text: trail } = await server.api('GET', `${webhook}/events`)
  const types = body.items.map(({ type }) => type)
  expect(types).toEqual([
    'webhook.deleted',
    'secret.previous_revoked',
    'secret.rotated',
    'secret.rotated',
    'webhook.created',
  ])
  expect(body.items[3]).toMatchObject({
    actor: 'tester',
    reason: 'leak',
    requestId: 'request-1',
    sequence: 2,
  })
  expect(body.items[1]?.endedKeys).toHaveLength(1)
  expect(trail).not.toContain(issued.body.signingSecret.slice(6))

  let previous = '0'.repeat(64)
  const time = (text: string | null) => (text === null ? null : Date.parse(text))
  const key = (k: components['schemas']['EventKey']) => [
    k.id,
    k.keyFingerprint,
    time(k.expiresAt),
    time(k.revokedAt),
  ]
  for (const event of body.items.toReversed()) {
    const { sequence, type, at, actor, reason, requestId, endedKeys, hash } = event
    const said = [previous, 'app_1', 'hook_1', sequence, type, time(at), actor, reason, requestId]
    const text = JSON.stringify([...said, event.key && key(event.key), endedKeys.map(key)])
    expect([event.previousHash, hash]).toEqual([previous, createHash('sha256').update(text).digest('hex')])
    previous = hash
  }

  await provision(server)
  const page = await server.api('GET', `${webhook}/events?limit=2`)
  expect(page.body.items[0]).toMatchObject({ type: 'webhook.created', sequence: 6, previousHash: previous })
  const next = await server.api('GET', `${webhook}/events?limit=2&cursor=${page.body.nextCursor}`)
  expect(next.body.items.map(({ sequence }) => sequence)).toEqual([4, 3])
  for (const cursor of ['a', '0', '-1', '1.5', '3000000000'].map((text) =>
    Buffer.from(text).toString('base64url'),
  ))
    expect((await server.api('GET', `${webhook}/events?cursor=${cursor}`)).status).toBe(400)
  expect((await server.api('GET', '/applications/app_1/webhooks/none/events')).status).toBe(404)
})
