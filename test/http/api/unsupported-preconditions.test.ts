import { expect, test } from 'vitest'
import { provision, startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const webhook = '/applications/app_1/webhooks/hook_1'

test.each([
  ['putApplication', 'PUT', '/applications/app_1', { name: 'changed' }],
  ['deleteApplication', 'DELETE', '/applications/app_1', undefined],
  ['putWebhook', 'PUT', webhook, { url: 'https://changed.example/' }],
  ['deleteWebhook', 'DELETE', webhook, undefined],
  ['probeReceiver', 'POST', `${webhook}/probes`, {}],
  ['signMessage', 'POST', `${webhook}/signatures`, { payload: '{}' }],
  ['signForWebhooks', 'POST', '/applications/app_1/signatures', { webhookIds: ['hook_1'], payload: '{}' }],
  ['verifyMessage', 'POST', `${webhook}/signatures/verify`, { payload: '{}', headers: {} }],
])(
  '%s returns 400 for an If-Match or If-None-Match header, and changes nothing',
  async (operationId, method, path, body) => {
    const server = await startServer()
    await provision(server)
    const read = async () => [
      (await server.api('GET', '/applications/app_1')).body,
      (await server.api('GET', webhook)).body,
      (await server.api('GET', `${webhook}/events`)).body,
    ]
    const before = await read()
    for (const name of ['If-Match', 'If-None-Match'])
      for (const value of ['*', '"key_1"', 'W/"a", "b"', 'malformed', '']) {
        const { status, body: error } = await server.api(method, path, { body, headers: { [name]: value } })
        const message = `${operationId} does not support ${name}, because its resource has no ETag. Remove the header.`
        expect([status, error]).toEqual([400, { error: 'Bad Request', message, code: 400 }])
      }
    expect(await read()).toEqual(before)
  },
)

test.each([
  '/applications',
  '/applications/app_1',
  '/applications/app_1/webhooks',
  webhook,
  `${webhook}/events`,
])(
  'GET %s has no ETag, so it returns 200 for any If-None-Match, and 400 for an If-Match that names a tag',
  async (path) => {
    const server = await startServer()
    await provision(server)
    const get = async (headers: Record<string, string>) => (await server.api('GET', path, { headers })).status
    for (const value of ['"a"', 'W/"a"', '*']) expect(await get({ 'if-none-match': value })).toBe(200)
    expect(await get({ 'if-match': '*' })).toBe(200)
    expect(await get({ 'if-match': '"a"' })).toBe(400)
  },
)

test('If-Unmodified-Since and If-Modified-Since are ignored, because no resource has a Last-Modified date', async () => {
  const server = await startServer()
  await provision(server)
  const epoch = 'Thu, 01 Jan 1970 00:00:00 GMT'
  const put = { body: {}, headers: { 'if-unmodified-since': epoch } }
  expect((await server.api('PUT', '/applications/app_1', put)).status).toBe(200)
  const get = { headers: { 'if-modified-since': new Date().toUTCString() } }
  expect((await server.api('GET', '/applications/app_1', get)).status).toBe(200)
})

test('with an unsupported precondition, 401 and 403 take precedence over 400, and 400 over 404', async () => {
  const { api } = await startServer()
  const statusFor = async (bearer?: string | null) => {
    const headers = { 'if-match': '*' }
    const options = bearer === undefined ? { headers } : { headers, token: bearer }
    return (await api('DELETE', '/applications/none', options)).status
  }
  expect(await statusFor(null)).toBe(401)
  expect(await statusFor(await token({ scope: 'secrets:read' }))).toBe(403)
  expect(await statusFor()).toBe(400)
})
