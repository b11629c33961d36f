import { expect, test } from 'vitest'
import { watchChanges } from '../../support/changes.ts'
import { connectTo, rawRequest } from '../../support/raw-http.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

/** The bytes to send and the expected status. `cut` means that the connection closes without a response. */
type Attack = [what: string, bytes: string, answer: number | 'cut']

/** Text in the attacks that must not appear in the log. */
const marker = 'aRawAttack'
const bearer = await token()
const head = `Host: rekey.test\r\nX-Mark: ${marker}\r\nAuthorization: Bearer ${bearer}\r\n`
const get = `GET /api/v1/applications HTTP/1.1\r\n${head}`

/** Sends each attack. After each, checks the response, that nothing has changed, and that the server still responds. */
async function withstand(attacks: Attack[]): Promise<void> {
  const server = await startServer()
  await provision(server)
  const changes = watchChanges(server)
  const before = await changes()
  for (const [what, bytes, answer] of attacks) {
    const connection = await connectTo(server.origin)
    connection.send(bytes)
    if (answer !== 'cut') {
      const { status, body } = await connection.answer()
      expect([what, status]).toEqual([what, answer])
      const error = { error: expect.stringMatching(/\w/), message: expect.stringMatching(/\w/), code: status }
      expect(JSON.parse(body)).toEqual(error)
      connection.socket.end()
    }
    expect([what, await connection.closed()]).toEqual([what, ''])
    expect([what, await changes()]).toEqual([what, before])
    expect([what, (await server.api('GET', '/applications/app_1')).status]).toEqual([what, 200])
  }
  expectSilence(server)
}

function expectSilence({ logs }: TestServer): void {
  const log = JSON.stringify(logs)
  for (const text of [marker, bearer]) expect(log).not.toContain(text)
}

test('bytes that are not a valid HTTP/1.0 or 1.1 request return 400 or close the connection, and change nothing', async () => {
  const hello = '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'
  await withstand([
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a TLS ClientHello', hello + marker.repeat(20), 400],
    ['binary data', '\0\xff'.repeat(100) + marker, 400],
    ['an unsupported version', get.replace('HTTP/1.1', 'HTTP/3.0') + '\r\n', 400],
    ['a version that does not exist', get.replace('HTTP/1.1', 'HTTP/1.2') + '\r\n', 400],
    ['another protocol', get.replace('HTTP/1.1', 'SIP/2.0') + '\r\n', 400],
    ['no version', `GET /healthz\r\n${head}\r\n`, 400],
    ['a host as the target', `GET rekey.test:80 HTTP/1.1\r\n${head}\r\n`, 400],
    ['a target that is not a URL', `GET ${marker} HTTP/1.1\r\n${head}\r\n`, 400],
  ])
})

test('a request with a malformed path or header returns 400 and changes nothing', async () => {
  const inPath = (byte: string) => `GET /api/v1/applications/${byte} HTTP/1.1\r\n${head}\r\n`
  const inHeader = (byte: string) => `${get}X-Odd: a${byte}b\r\n\r\n`
  await withstand([
    ['NUL in the path', inPath('\0'), 400],
    ['a control character in the path', inPath('\x01'), 400],
    ['a non-ASCII byte in the path', inPath('\xff'), 400],
    ['a space in the path', inPath('a b'), 400],
    ['NUL in a header', inHeader('\0'), 400],
    ['a control character in a header', inHeader('\x01'), 400],
    ['DEL in a header', inHeader('\x7f'), 400],
    ['a bare carriage return', inHeader('\rX-More: '), 400],
    ['bare line feeds', `${get}\r\n`.replaceAll('\r\n', '\n'), 400],
    ['a folded header', `${get}X-Odd: a\r\n b\r\n\r\n`, 400],
    ['a space before the colon', `${get}X-Odd : a\r\n\r\n`, 400],
    ['a header without a name', `${get}: a\r\n\r\n`, 400],
    ['a header without a colon', `${get}X-Odd\r\n\r\n`, 400],
    ['a header name that is not a token', `${get}X(Odd): a\r\n\r\n`, 400],
  ])
})

test('a request whose head exceeds 32 KiB returns 431', async () => {
  await withstand([
    ['a long header', `${get}X-Odd: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
    ['a long target', `GET /${'a'.repeat(40_000)} HTTP/1.1\r\n${head}\r\n`, 431],
    ['many headers', `${get}${'a: \r\n'.repeat(10_000)}\r\n`, 431],
    ['a long header name', `${get}${'a'.repeat(40_000)}: a\r\n\r\n`, 431],
    ['a long token', rawRequest('GET', '/healthz', { authorization: `Bearer ${'a'.repeat(40_000)}` }), 431],
  ])
})

test('a body with an invalid, ambiguous or excessive length is rejected and changes nothing', async () => {
  const put = (headers: string, body = '{}') =>
    `PUT /api/v1/applications/app_2 HTTP/1.1\r\n${head}Content-Type: application/json\r\n${headers}\r\n\r\n${body}`
  const chunked = (body: string) => put('Transfer-Encoding: chunked', body)
  const chunks = '2\r\n{}\r\n0\r\n\r\n'
  await withstand([
    ['a negative length', put('Content-Length: -2'), 400],
    ['a length with a sign', put('Content-Length: +2'), 400],
    ['a hexadecimal length', put('Content-Length: 0x2'), 400],
    ['a length with a space in it', put('Content-Length: 2 2'), 400],
    ['a list of lengths', put('Content-Length: 2, 2'), 400],
    ['an empty length', put('Content-Length: '), 400],
    ['the same length twice', put('Content-Length: 2\r\nContent-Length: 2'), 400],
    ['two lengths', put('Content-Length: 2\r\nContent-Length: 3'), 400],
    ['a length beyond 64 bits', put('Content-Length: 99999999999999999999999'), 400],
    ['a length beyond any limit', put('Content-Length: 999999999999'), 413],
    ['a length beyond 32 bits', put(`Content-Length: ${2 ** 32 + 2}`), 413],
    ['a length with chunked coding', put('Transfer-Encoding: chunked\r\nContent-Length: 2', chunks), 400],
    ['chunked twice', put('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', chunks), 400],
    ['a coding after chunked', put('Transfer-Encoding: chunked, identity', chunks), 400],
    ['chunked with a control character', put('Transfer-Encoding: chunked\x0b', chunks), 400],
    ['a space before the colon', put('Transfer-Encoding : chunked', chunks), 400],
    ['a coding other than chunked', put('Transfer-Encoding: identity', chunks), 'cut'],
    ['a coding that resembles chunked', put('Transfer-Encoding: xchunked', chunks), 'cut'],
    ['chunks with bare line feeds', chunked(chunks.replaceAll('\r\n', '\n')), 'cut'],
    ['a negative chunk size', chunked('-2\r\n{}\r\n0\r\n\r\n'), 'cut'],
    ['a chunk size with 0x', chunked('0x2\r\n{}\r\n0\r\n\r\n'), 'cut'],
    ['a chunk size beyond 64 bits', chunked('fffffffffffffffff\r\n{}\r\n0\r\n\r\n'), 'cut'],
    ['a chunk without its line break', chunked('2\r\n{}0\r\n\r\n'), 'cut'],
    ['a chunk with a long extension', chunked(`2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), 'cut'],
    ['a long trailer', chunked(`2\r\n{}\r\n0\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`), 'cut'],
  ])
})

test('a path that tries to reach another route through dots, slashes or encoding returns 400 or 404', async () => {
  const at = (target: string): string => `GET ${target} HTTP/1.1\r\n${head}\r\n`
  await withstand(
    (
      [
        ['/../../etc/passwd', 404],
        ['//rekey.test/healthz', 404],
        ['/api/v1/../../healthz', 404],
        ['/api/v1/%2e%2e/%2e%2e/healthz', 404],
        ['/api/v1/applications/..%2f..%2f..%2fhealthz', 400],
        ['/api/v1/applications/%2e%2e%2fapp_1', 400],
        ['/api/v1/applications/..%5capp_1', 400],
        ['/api/v1/applications/..\\app_1', 400],
        ['/api/v1/applications/app_1%00', 400],
        ['/api/v1/applications/app_1;x=1', 400],
        ['/api/v1/applications%2fapp_1', 404],
        ['/healthz%2f..%2fmetrics', 404],
        ['/healthz/', 404],
        ['/openapi.json%00', 404],
        ['http://[::/', 404],
        ['http://rekey.test/nowhere', 404],
        ['*', 404],
      ] as const
    ).map(([target, status]) => [target, at(target), status]),
  )
})

test('a request smuggled in a body that the server does not read is never executed', async () => {
  const server = await startServer()
  await provision(server)
  const smuggled = `DELETE /api/v1/applications/app_1 HTTP/1.1\r\n${head}\r\n`
  const authorization = `Bearer ${bearer}`
  const headers = { 'content-length': smuggled.length, 'content-type': 'text/plain' }
  for (const [status, method, path, more] of [
    [401, 'PUT', '/api/v1/applications/app_1', {}],
    [415, 'PUT', '/api/v1/applications/app_1', { authorization }],
    [404, 'PUT', '/nowhere', { authorization }],
    [405, 'POST', '/api/v1/applications/app_1', { authorization }],
    [405, 'POST', '/healthz', {}],
    [200, 'GET', '/api/v1/applications', { authorization }],
  ] as const) {
    const connection = await connectTo(server.origin)
    connection.send(
      rawRequest(method, path, { ...headers, ...more }, smuggled) + rawRequest('GET', '/readyz'),
    )
    expect((await connection.answer()).status).toBe(status)
    expect(await connection.answer()).toMatchObject({ status: 200, body: '{"status":"ready"}' })
    connection.socket.end()
    expect(await connection.closed()).toBe('')
    expect((await server.api('GET', '/applications/app_1')).status).toBe(200)
  }
  expectSilence(server)
})

test('responses to pipelined requests arrive in the order of the requests', async () => {
  const connection = await connectTo((await startServer()).origin)
  const ids = ['first', 'second', 'third']
  connection.send(ids.map((id) => rawRequest('GET', '/readyz', { 'x-request-id': id })).join(''))
  for (const id of ids) expect((await connection.answer()).headers['x-request-id']).toBe(id)
})

test('an Authorization trailer does not authenticate a request', async () => {
  const server = await startServer()
  const connection = await connectTo(server.origin)
  const headers = {
    'content-type': 'application/json',
    'transfer-encoding': 'chunked',
    trailer: 'authorization',
  }
  const body = `2\r\n{}\r\n0\r\nAuthorization: Bearer ${bearer}\r\n\r\n`
  connection.send(rawRequest('PUT', '/api/v1/applications/app_1', headers, body))
  expect((await connection.answer()).status).toBe(401)
})

test('a client that disconnects before it has sent the whole request changes nothing', async () => {
  const server = await startServer()
  await provision(server)
  const changes = watchChanges(server)
  const before = await changes()
  const put = rawRequest(
    'PUT',
    '/api/v1/applications/app_2',
    { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'content-length': 50 },
    '{"name": "x"',
  )
  for (let length = 1; length < put.length; length += 40) {
    for (const leave of ['end', 'resetAndDestroy'] as const) {
      const connection = await connectTo(server.origin)
      connection.send(put.slice(0, length))
      connection.socket[leave]()
      await connection.closed()
    }
  }
  expect((await server.api('GET', '/applications/app_1')).status).toBe(200)
  expect(await changes()).toBe(before)
  expectSilence(server)
})
