import { expect, test } from 'vitest'
import type { WebhookPath } from '../../support/documented-body.ts'
import { provision, startServer, type ServerOptions, type TestServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

interface Situation {
  server: TestServer
  webhook: WebhookPath
  /** The ETag of the current key. */
  tag: string
  /** Sends a request to the webhook's secret. @returns the status and the error message */
  send: (method: string, headers: Record<string, string>, path?: string) => Promise<[number, string?]>
}

async function rotatedTwice(options?: ServerOptions): Promise<Situation> {
  const server = await startServer(options)
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const tag = (await server.api('PATCH', `${webhook}/secret`)).headers.get('etag') ?? ''
  return {
    ...{ server, webhook, tag },
    async send(method, headers, path = `${webhook}/secret`) {
      const { status, body } = await server.api(method, path, { headers })
      const { message } = (body ?? {}) as { message?: string }
      return message === undefined ? [status] : [status, message]
    },
  }
}

const staleMatch =
  'If-Match does not match the current key. Fetch the current state, then decide whether to retry.'
const staleNoneMatch =
  'If-None-Match matches the current key. Fetch the current state, then decide whether to retry.'

test('a GET whose If-None-Match names the current key returns 304 without a body', async () => {
  const { server, webhook, tag } = await rotatedTwice()
  for (const method of ['GET', 'HEAD'])
    for (const noneMatch of [tag, `W/${tag}`, '*', `"other", ${tag}`, `,"a,b",,${tag},`]) {
      const { status, text, headers } = await server.api(method, `${webhook}/secret`, {
        headers: { 'if-none-match': noneMatch },
      })
      expect([status, text, headers.get('etag')]).toEqual([304, '', tag])
      expect(headers.get('cache-control')).toBe('no-store, no-transform')
    }
})

test('a GET whose If-None-Match does not name the current key returns the state', async () => {
  const { send, tag, server } = await rotatedTwice()
  for (const noneMatch of ['"other"', `"other,${tag.slice(1)}`, tag.replace(/"$/, '-gzip"')])
    expect(await send('GET', { 'if-none-match': noneMatch })).toEqual([200])
  const unrotated = `${await provision(server, 'app_2')}/secret`
  expect(await send('GET', { 'if-none-match': '*' }, unrotated)).toEqual([200])
})

test('a GET returns the state, not 304, once another key has been revoked or has expired', async () => {
  const revoked = await rotatedTwice()
  expect(await revoked.send('GET', { 'if-none-match': revoked.tag })).toEqual([304])
  await revoked.server.api('DELETE', `${revoked.webhook}/secret/previous`)
  expect(await revoked.send('GET', { 'if-none-match': revoked.tag })).toEqual([200])

  let now = Date.now()
  const expired = await rotatedTwice({ now: () => now, environment: { REKEY_OVERLAP_SECONDS: '60' } })
  now += 59_999
  expect(await expired.send('GET', { 'if-none-match': expired.tag })).toEqual([304])
  now += 1
  expect(await expired.send('GET', { 'if-none-match': expired.tag })).toEqual([200])
})

test('a GET evaluates If-Match before If-None-Match', async () => {
  const { send, tag, server } = await rotatedTwice()
  expect(await send('GET', { 'if-match': tag })).toEqual([200])
  expect(await send('GET', { 'if-match': '*' })).toEqual([200])
  expect(await send('GET', { 'if-match': '"other"' })).toEqual([412, staleMatch])
  expect(await send('GET', { 'if-match': '"other"', 'if-none-match': tag })).toEqual([412, staleMatch])
  expect(await send('GET', { 'if-match': tag, 'if-none-match': tag })).toEqual([304])
  const unrotated = `${await provision(server, 'app_2')}/secret`
  expect(await send('GET', { 'if-match': '*' }, unrotated)).toEqual([412, staleMatch])
})

test('a rotation with `If-None-Match: *` succeeds only if the webhook has no current key', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const rotate = (noneMatch: string) =>
    server.api('PATCH', `${webhook}/secret`, { headers: { 'if-none-match': noneMatch } })
  const both = await Promise.all([rotate('*'), rotate('*')])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
  const { body } = await rotate('*')
  expect(body).toMatchObject({ code: 412, message: staleNoneMatch })
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(1)
  expect((await rotate('"other"')).status).toBe(200)
})

test('revoking the previous keys evaluates If-None-Match', async () => {
  const { send, webhook, tag } = await rotatedTwice()
  const previous = `${webhook}/secret/previous`
  expect(await send('DELETE', { 'if-none-match': `W/${tag}` }, previous)).toEqual([412, staleNoneMatch])
  expect(await send('DELETE', { 'if-none-match': '"other"' }, previous)).toEqual([200])
})

test('the 412 for an ETag that a proxy weakened names the cause', async () => {
  const { send, tag } = await rotatedTwice()
  for (const suffix of ['-gzip', '-br', '--gzip', ';gzip']) {
    const weakened = tag.replace(/"$/, `${suffix}"`)
    for (const sent of [`W/${tag}`, weakened, `W/${weakened}`, `"other", ${weakened}`])
      expect(await send('PATCH', { 'if-match': sent })).toEqual([
        412,
        expect.stringContaining('a proxy weakened the ETag when it compressed the response'),
      ])
  }
  expect(await send('PATCH', { 'if-match': 'W/"other-gzip"' })).toEqual([412, staleMatch])
})

test('a request that would fail without its preconditions returns that error, not 412 or 304', async () => {
  const environment = { REKEY_ROTATIONS_PER_MINUTE: '2' }
  const { server, webhook, send } = await rotatedTwice({ environment })
  const headers = { 'if-match': '"other"' }
  expect((await send('PATCH', headers))[0]).toBe(429)
  expect((await send('GET', headers, '/applications/app_1/webhooks/none/secret'))[0]).toBe(404)
  expect((await send('GET', { 'if-none-match': '*' }, '/applications/none/webhooks/x/secret'))[0]).toBe(404)
  const importTwice = async () => {
    const unlimited = await rotatedTwice()
    const body = { signingSecret: `whsec_${Buffer.alloc(32).toString('base64')}` }
    await unlimited.server.api('PATCH', `${unlimited.webhook}/secret`, { body })
    return (await unlimited.server.api('PATCH', `${unlimited.webhook}/secret`, { body, headers })).status
  }
  expect(await importTwice()).toBe(409)
  const asked = async (bearer: string | null) =>
    (await server.api('GET', `${webhook}/secret`, { headers, token: bearer })).status
  expect(await asked(null)).toBe(401)
  expect(await asked(await token({ scope: 'secrets:rotate' }))).toBe(403)
})

test.each(['key_1', '"a', 'a"', '"a" "b"', '"a b"', '*, "a"', 'w/"a"', 'W/a', ',', ''])(
  'the precondition %j returns 400 and changes nothing',
  async (value) => {
    const { send, server, webhook } = await rotatedTwice()
    for (const name of ['if-match', 'if-none-match'])
      for (const [method, path] of [
        ['GET', `${webhook}/secret`],
        ['PATCH', `${webhook}/secret`],
        ['DELETE', `${webhook}/secret/previous`],
      ] as const)
        expect(await send(method, { [name]: value }, path)).toEqual([
          400,
          expect.stringContaining(`header/${name} must be * or a list of entity tags`),
        ])
    expect((await server.api('GET', webhook)).body.liveKeys).toBe(2)
  },
)
