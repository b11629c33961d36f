import { expect, test } from 'vitest'
import { connectTo, rawRequest } from '../../support/raw-http.ts'
import { requestLines } from '../../support/request-lines.ts'
import { provision, startServer } from '../../support/server.ts'
import { compact, fullClaims, hs256 } from '../../support/signers.ts'
import { token } from '../../support/tokens.ts'

test('logs one line for each request with its IDs, method, operation, caller, status and duration', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`, { headers: { 'x-request-id': 'rotation' } })
  const lines = await requestLines(server, 3)
  expect(lines).toHaveLength(3)
  expect(lines[2]).toMatchObject({
    requestId: 'rotation',
    method: 'PATCH',
    operationId: 'rotateWebhookSecret',
    applicationId: 'app_1',
    webhookId: 'hook_1',
    subject: 'tester',
    status: 200,
    answered: true,
  })
  expect(lines[2]?.['milliseconds']).toBeGreaterThan(0)
  expect(lines[2]?.['milliseconds']).toBeLessThan(10_000)
})

test('logs the status of a request that returns 404, 401 or 400', async () => {
  const server = await startServer()
  await fetch(`${server.origin}/nowhere`)
  await server.api('GET', '/applications', { token: null })
  await server.api('GET', '/applications?limit=0')
  const lines = await requestLines(server, 3)
  expect(lines.map(({ status, operationId }) => [status, operationId])).toEqual([
    [404, undefined],
    [401, 'listApplications'],
    [400, 'listApplications'],
  ])
})

test('the log line for a rejected token states the reason and does not contain the token', async () => {
  const server = await startServer()
  const other = await token({ sub: 'somebody' })
  const refused: [string | null, string][] = [
    [null, 'The request has no bearer token'],
    ['whsec_', 'The token is not a well-formed JWT'],
    [await token({ expiresIn: -3_600 }), 'The token has expired'],
    [`${other.slice(0, -5)}AAAAA`, "The token's signature is invalid"],
    [compact({ alg: 'none' }, fullClaims(), () => Buffer.alloc(0)), "The token's algorithm is not allowed"],
    [hs256({}), 'The token lacks the claim exp'],
  ]
  for (const [bearer] of refused) {
    const { status } = await server.api('GET', '/applications', { token: bearer })
    expect(status).toBe(401)
  }
  const lines = await requestLines(server, refused.length)
  expect(lines.map((line) => line['refused'])).toEqual(refused.map(([, why]) => why))
  await server.api('GET', '/applications')
  expect((await requestLines(server, refused.length + 1)).at(-1)).not.toHaveProperty('refused')
})

test("the log line for an unparsable request has the response's request ID and status", async () => {
  const server = await startServer()
  const bytes = ['GET / HTTP/9\r\n\r\n', `GET / HTTP/1.1\r\nHost: a\r\nX-Odd: ${'a'.repeat(40_000)}\r\n\r\n`]
  const answered = []
  for (const sent of bytes) {
    const connection = await connectTo(server.origin)
    connection.send(sent)
    const { status, headers } = await connection.answer()
    answered.push([status, headers['x-request-id']])
  }
  const logged = () => server.logs.filter(({ msg }) => msg === 'unparsable request')
  await expect.poll(logged).toHaveLength(2)
  expect(logged().map(({ status, requestId }) => [status, requestId])).toEqual(answered)
  expect(answered.map(([status]) => status)).toEqual([400, 431])
})

test('never logs a secret, token, body or URL, wherever in the request it appears', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const bearer = await token()
  const secret = `whsec_${Buffer.from('a secret of the receiver').toString('base64')}`
  const issued = await server.api('PATCH', `${webhook}/secret`, { token: bearer })
  const imported = await server.api('PATCH', `${webhook}/secret`, { body: { signingSecret: secret } })
  expect(imported.status).toBe(200)

  const url = `${server.origin}/api/v1${webhook}/secret`
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
  const places: [expected: number, url: string, init?: RequestInit][] = [
    [404, `${server.origin}/api/v1/${secret}`],
    [404, `${server.origin}/api/v1/applications/${secret}`, { headers }],
    [400, `${server.origin}/api/v1/applications/${secret.padEnd(65, '0')}`, { headers }],
    [400, `${server.origin}/api/v1/applications?cursor=${secret}`, { headers }],
    [400, `${server.origin}/api/v1/applications?${secret}=1`, { headers }],
    [401, url, { method: 'PATCH', headers: { authorization: secret } }],
    [200, url, { headers: { ...headers, 'x-request-id': secret, cookie: secret, 'user-agent': secret } }],
    [400, url, { method: 'PATCH', headers, body: `{"signingSecret": "${secret}` }],
    [400, url, { method: 'PATCH', headers, body: JSON.stringify({ overlapSeconds: secret }) }],
    [400, url, { method: 'PATCH', headers, body: JSON.stringify({ [secret]: 1 }) }],
    [415, url, { method: 'PATCH', headers: { ...headers, 'content-type': secret }, body: secret }],
  ]
  for (const [expected, place, init] of places)
    expect((await fetch(place, init)).status, place).toBe(expected)

  await requestLines(server, 4 + places.length)
  const log = JSON.stringify(server.logs)
  for (const text of [
    secret,
    secret.slice(6),
    issued.body.signingSecret,
    bearer,
    '/api/v1',
    'merchant.example',
  ])
    expect(log).not.toContain(text)
})

test('logs `answered: false` and no status if the client disconnects before the response', async () => {
  const server = await startServer()
  const connection = await connectTo(server.origin)
  const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' }
  connection.send(
    rawRequest('PUT', '/api/v1/applications/app_1', { ...headers, 'content-length': 50 }, '{"na'),
  )
  connection.socket.destroy()
  const [line] = await requestLines(server)
  expect(line).toMatchObject({ method: 'PUT', answered: false })
  expect(line).not.toHaveProperty('status')
  expect((await server.api('GET', '/applications/app_1')).status).toBe(404)
})
