import { expect, test } from 'vitest'
import { connectTo } from '../../support/raw-http.ts'
import { provision, startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

/** Passes a valid Authorization header to `head`. Sends the lines that `head` returns, unchanged, and then the body. */
async function answerTo(head: (authorization: string) => string[], body = '') {
  const server = await startServer()
  await provision(server)
  const connection = await connectTo(server.origin)
  const lines = head(`Authorization: Bearer ${await token()}`)
  connection.send(`${lines.join('\r\n')}\r\n\r\n${body}`)
  const { status, headers, body: text } = await connection.answer()
  return { status, connection: headers['connection'], body: JSON.parse(text) as Record<string, unknown> }
}

const list = 'GET /api/v1/applications HTTP/1.1'
const put = 'PUT /api/v1/applications/app_2 HTTP/1.1'
const host = 'Host: rekey.test'
const json = 'Content-Type: application/json'

test.each([
  ['no host header', (bearer: string) => [list, bearer]],
  ['more than one host header', (bearer: string) => [list, host, 'Host: other.test', bearer]],
  ['more than one host header', (bearer: string) => [list, host, host, bearer]],
  ['more than one authorization header', (bearer: string) => [list, host, 'Authorization: Bearer x', bearer]],
  ['more than one authorization header', (bearer: string) => [list, host, bearer, 'authorization: Bearer x']],
  [
    'more than one content-type header',
    (bearer: string) => [list, host, bearer, json, 'Content-Type: text/plain'],
  ],
])('a request with %s returns 400 and closes its connection', async (fault, head) => {
  const { status, connection, body } = await answerTo(head)
  expect([status, connection]).toEqual([400, 'close'])
  expect(body).toEqual({ error: 'Bad Request', message: `The request has ${fault}`, code: 400 })
})

test('accepts an HTTP/1.0 request without a Host header', async () => {
  expect((await answerTo((bearer) => ['GET /api/v1/applications HTTP/1.0', bearer])).status).toBe(200)
})

test.each([
  ['in addition to chunked', 'HTTP/1.1', 'gzip, chunked'],
  ['in HTTP/1.0', 'HTTP/1.0', 'chunked'],
])('a transfer coding %s makes the body ambiguous and returns 400', async (_, version, coding) => {
  const head = (bearer: string) => [
    `PUT /api/v1/applications/app_2 ${version}`,
    ...[host, bearer, json, `Transfer-Encoding: ${coding}`],
  ]
  const { status, connection } = await answerTo(head, '2\r\n{}\r\n0\r\n\r\n')
  expect([status, connection]).toEqual([400, 'close'])
})

test.each([
  'http://',
  'http:///api/v1/applications',
  'http://user:password@rekey.test/api/v1/applications',
  'ftp://rekey.test/api/v1/applications',
  '/api/v1/applications#fragment',
  '//user@[::/#fragment',
])('the request target %s returns 400', async (target) => {
  const { status, body } = await answerTo((bearer) => [`GET ${target} HTTP/1.1`, host, bearer])
  expect([status, body['message']]).toEqual([
    400,
    'The request target must be a path or an http or https URL, without a fragment',
  ])
})

test('ignores an unknown value of the Expect header', async () => {
  expect((await answerTo((bearer) => [list, host, bearer, 'Expect: the unexpected'])).status).toBe(200)
})

test('a client that sends `Expect: 100-continue` receives 100 before the final response', async () => {
  const server = await startServer()
  const connection = await connectTo(server.origin)
  const bearer = `Authorization: Bearer ${await token()}`
  connection.send([put, host, bearer, json, 'Content-Length: 2', 'Expect: 100-continue', '', ''].join('\r\n'))
  expect((await connection.answer({ withoutBody: true })).status).toBe(100)
  connection.send('{}')
  expect((await connection.answer()).status).toBe(201)
})
