import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { execute } from '../support/database.ts'
import { present } from '../support/present.ts'
import { provision, startServer } from '../support/server.ts'

/** Gives a webhook two live keys and erases the secret of one of them, as a sweep with a wrong clock would. */
async function startWithout(which: 'current' | 'previous') {
  const server = await startServer()
  const webhook = await provision(server)
  const rotate = (body: object = {}, headers = {}) =>
    server.api('PATCH', `${webhook}/secret`, { body, headers })
  const previous = (await rotate()).body
  const current = (await rotate()).body
  const condition = `expires_at is ${which === 'current' ? '' : 'not'} null`
  await execute(
    server.databaseUrl,
    `update signing_keys set sealed_secret = null, sealed_by = null where ${condition}`,
  )
  const sign = () => server.api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })
  const verify = (secret: string) => {
    const now = new Date()
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', now, '{}'),
    }
    return server.api('POST', `${webhook}/signatures/verify`, { body: { headers, payload: '{}' } })
  }
  return { server, webhook, rotate, sign, verify, previous, current }
}

test('a previous key whose secret was erased early is expired, and does not count as live', async () => {
  const { server, webhook, sign, verify, previous, current } = await startWithout('previous')
  const { body: state } = await server.api('GET', `${webhook}/secret`)
  expect(state.current).toMatchObject({ state: 'current', secretErased: false })
  expect(state.previous).toMatchObject([{ state: 'expired', secretErased: true, revokedAt: null }])
  expect(Date.parse(present(state.previous[0]?.expiresAt))).toBeGreaterThan(Date.now())
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(1)

  const signed = await sign()
  expect(signed.body.headers['webhook-signature']?.split(' ')).toHaveLength(1)
  expect((await verify(current.signingSecret)).body).toMatchObject({ valid: true, keyState: 'current' })
  const unverifiable = await verify(previous.signingSecret)
  expect(unverifiable.status).toBe(409)
  expect(unverifiable.body).toMatchObject({
    message:
      'Rekey cannot tell whether this message is authentic. No stored secret signed it, but key ' +
      `${previous.keyFingerprint} may have: the key's secret was erased before the key expired. ` +
      'Give the receiver the current secret.',
  })
})

test('an erased secret can be imported again, and a revocation also revokes the key whose secret was erased', async () => {
  const { server, webhook, rotate, verify, previous } = await startWithout('previous')
  const { signingSecret } = previous
  expect((await rotate({ signingSecret })).body).toEqual(previous)
  expect((await verify(signingSecret)).body).toMatchObject({ valid: true })
  const { body } = await server.api('DELETE', `${webhook}/secret/previous`)
  expect(body.previous.map(({ state, secretErased }) => [state, secretErased])).toEqual([
    ['revoked', false],
    ['revoked', true],
  ])
  expect((await verify(signingSecret)).body).toMatchObject({ valid: true })
})

test('if the secret of its current key was erased, a webhook has no current key and cannot sign until it is rotated', async () => {
  const { server, webhook, rotate, sign, verify, previous, current } = await startWithout('current')
  const state = await server.api('GET', `${webhook}/secret`)
  expect([state.body.current, state.headers.get('etag')]).toEqual([null, null])
  expect(state.body.previous).toMatchObject([
    { state: 'expired', secretErased: true, expiresAt: null },
    { state: 'previous', secretErased: false },
  ])
  const { body } = await server.api('GET', webhook)
  expect([body.keyId, body.keyFingerprint, body.keyCreatedAt, body.liveKeys]).toEqual([null, null, null, 1])
  const probe = await server.api('POST', `${webhook}/probes`)
  for (const refused of [await sign(), await verify(previous.signingSecret), probe]) {
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({
      message: `The secret of the current key ${current.keyFingerprint} was erased, so it cannot sign. Rotate to issue a new one.`,
    })
  }
  expect((await rotate({}, { 'if-match': '*' })).status).toBe(412)
  const rotated = await rotate()
  expect(rotated.status).toBe(200)
  expect((await verify(rotated.body.signingSecret)).body).toMatchObject({ valid: true, keyState: 'current' })
  expect((await verify(previous.signingSecret)).body).toMatchObject({ valid: true, keyState: 'previous' })
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(2)
})
