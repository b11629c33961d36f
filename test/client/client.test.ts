import { expect, test } from 'vitest'
import { createClient, RekeyApiError } from '../../src/client/client.ts'
import { startLossyProxy } from '../support/lossy-proxy.ts'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

const params = { path: { applicationId: 'app_1', webhookId: 'hook_1' } }

test('the client creates a webhook, rotates its secret, signs a message, lists applications and deletes an application', async () => {
  const { origin } = await startServer()
  const rekey = createClient({ baseUrl: origin, token: await token() })
  await rekey.PUT('/applications/{applicationId}', { params, body: { name: 'First' } })
  await rekey.PUT('/applications/{applicationId}/webhooks/{webhookId}', {
    params,
    body: { url: 'https://merchant.example/webhooks' },
  })
  const rotated = await rekey.PATCH('/applications/{applicationId}/webhooks/{webhookId}/secret', {
    params,
    body: { reason: 'first' },
  })
  expect(rotated.data.signingSecret).toMatch(/^whsec_/)
  const { data: state, response } = await rekey.GET(
    '/applications/{applicationId}/webhooks/{webhookId}/secret',
    { params },
  )
  expect(state.current).toMatchObject({ keyFingerprint: rotated.data.keyFingerprint, reason: 'first' })
  expect(response.headers.get('etag')).toBe(rotated.response.headers.get('etag'))
  const { data: signed } = await rekey.POST('/applications/{applicationId}/webhooks/{webhookId}/signatures', {
    params,
    body: { payload: '{}' },
  })
  expect(signed.headers['webhook-signature']).toMatch(/^v1,/)
  const { data: fanOut } = await rekey.POST('/applications/{applicationId}/signatures', {
    params: { path: { applicationId: 'app_1' } },
    body: { webhookIds: ['hook_1', 'unknown'], payload: '{}' },
  })
  const results = fanOut.items.map((item) =>
    'headers' in item ? Object.keys(item.headers) : item.error.code,
  )
  expect(results).toEqual([Object.keys(signed.headers), 404])
  const { data: page } = await rekey.GET('/applications', { params: { query: { limit: 1 } } })
  expect(page.items).toMatchObject([{ id: 'app_1', name: 'First' }])
  const gone = await rekey.DELETE('/applications/{applicationId}', { params })
  expect([gone.data, gone.response.status]).toEqual([undefined, 204])
})

test('calls the token function before every request, and rejects with any error that the function throws', async () => {
  const server = await startServer()
  await provision(server)
  const tokens = [await token(), 'expired']
  const rekey = createClient({
    baseUrl: `${server.origin}/`,
    token: async () => tokens.shift() ?? Promise.reject(new Error('the identity provider is away')),
  })
  const read = () => rekey.GET('/applications/{applicationId}', { params })
  expect((await read()).data.id).toBe('app_1')
  await expect(read()).rejects.toMatchObject({ status: 401 })
  await expect(read()).rejects.toThrow('the identity provider is away')
})

test('a call that gets an error response throws a RekeyApiError with the documented fields and the logged request ID', async () => {
  const { origin, logs } = await startServer()
  const rekey = createClient({ baseUrl: origin, token: await token() })
  const error: unknown = await rekey
    .GET('/applications/{applicationId}', { params })
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RekeyApiError)
  expect(error).toMatchObject({
    name: 'RekeyApiError',
    status: 404,
    error: 'Not Found',
    message: 'The requested resource was not found',
  })
  await expect
    .poll(() => logs)
    .toContainEqual(expect.objectContaining({ requestId: (error as RekeyApiError).requestId, status: 404 }))
})

test("a call that gets a proxy's error page throws a RekeyApiError whose requestId is null", async () => {
  const server = await startServer()
  const { origin } = await startLossyProxy(server.origin, 500)
  const rekey = createClient({ baseUrl: origin, token: await token() })
  await expect(rekey.GET('/applications')).rejects.toMatchObject({
    status: 500,
    error: 'Internal Server Error',
    message: 'HTTP status 500 Internal Server Error',
    requestId: null,
  })
})

test('a 304 throws a RekeyApiError, because there is no data to return', async () => {
  const server = await startServer()
  await provision(server)
  const rekey = createClient({ baseUrl: server.origin, token: await token() })
  const path = '/applications/{applicationId}/webhooks/{webhookId}/secret'
  const { response } = await rekey.PATCH(path, { params })
  const header = { 'If-None-Match': response.headers.get('etag') ?? '' }
  await expect(rekey.GET(path, { params: { ...params, header } })).rejects.toMatchObject({
    status: 304,
    message: 'HTTP status 304 Not Modified',
  })
})

test("a RekeyApiError's retryAfter is the response's Retry-After in seconds, or null without that header", async () => {
  const server = await startServer({ environment: { REKEY_ROTATIONS_PER_MINUTE: '1' } })
  await provision(server)
  const rekey = createClient({ baseUrl: server.origin, token: await token() })
  const rotate = () =>
    rekey.PATCH('/applications/{applicationId}/webhooks/{webhookId}/secret', {
      params: { ...params, header: { 'If-Match': '*' } },
    })
  await expect(rotate()).rejects.toMatchObject({ status: 412, retryAfter: null })
  await rekey.PATCH('/applications/{applicationId}/webhooks/{webhookId}/secret', { params })
  const error = (await rotate().catch((thrown: unknown) => thrown)) as RekeyApiError
  expect(error.status).toBe(429)
  expect(error.retryAfter).toBeGreaterThan(0)
  expect(error.retryAfter).toBeLessThanOrEqual(60)
})
