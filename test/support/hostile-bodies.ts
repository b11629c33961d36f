import { http1, type HostileRequest } from './hostile-request.ts'

const rotation = '/api/v1/applications/app_1/webhooks/hook_1/secret'
const signatures = '/api/v1/applications/app_1/webhooks/hook_1/signatures'
const json = 'Content-Type: application/json'
const chunked = 'Transfer-Encoding: chunked'

/**
 * Requests whose bodies stop in the middle: the sender waits, closes the connection, or resets it.
 * @param authorization a header line
 */
export function unfinishedBodies(authorization: string): HostileRequest[] {
  const partial = (method: string, path: string, headers: string[], body: string) =>
    http1(method, path, [authorization, ...headers], body)
  const requests = {
    'less than its Content-Length': partial('PATCH', rotation, [json, 'Content-Length: 100'], '{'),
    'less than a chunk': partial('PATCH', rotation, [json, chunked], '64\r\n{'),
    'a chunk, but not the last': partial('PATCH', rotation, [json, chunked], '1\r\n{\r\n'),
    'no chunk at all': partial('PATCH', rotation, [json, chunked], ''),
    'most of a large body': partial(
      'POST',
      signatures,
      [json, 'Content-Length: 1300000'],
      'x'.repeat(1_048_576),
    ),
    'nothing after Expect': partial(
      'PATCH',
      rotation,
      [json, 'Content-Length: 100', 'Expect: 100-continue'],
      '',
    ),
    'half a GET': partial('GET', rotation, ['Content-Length: 5'], 'x'),
    'half a HEAD': partial('HEAD', rotation, ['Content-Length: 5'], 'x'),
    'half a DELETE': partial('DELETE', `${rotation}/previous`, ['Content-Length: 5'], 'x'),
    'half a body for an unknown path': partial('POST', '/nowhere', ['Content-Length: 5'], 'x'),
    'half a body for the health check': partial('GET', '/readyz', ['Content-Length: 5'], 'x'),
  }
  return Object.entries(requests).flatMap(([name, bytes]) => [
    { name: `${name}, then waits`, bytes },
    { name: `${name}, then closes`, bytes, then: 'end' },
    { name: `${name}, then resets`, bytes, then: 'reset' },
  ])
}

/**
 * Requests whose bodies have no valid framing, are too large, or are not what their headers say.
 * @param authorization a header line
 */
export function malformedBodies(authorization: string): HostileRequest[] {
  const empty = '2\r\n{}\r\n0\r\n\r\n'
  const requests: [name: string, headers: string[], body: string][] = [
    ['a chunk size that is not a number', [chunked], 'zz\r\n{}\r\n0\r\n\r\n'],
    ['a second chunk size that is not a number', [chunked], '1\r\n{\r\nzz\r\n}\r\n0\r\n\r\n'],
    ['a chunk that is longer than its size', [chunked], '1\r\n{}\r\n0\r\n\r\n'],
    ['a negative chunk size', [chunked], '-1\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size beyond 64 bits', [chunked], 'fffffffffffffffff\r\n{}\r\n0\r\n\r\n'],
    ['chunks that end in LF', [chunked], '2\n{}\n0\n\n'],
    ['a long chunk extension', [chunked], `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
    ['a malformed trailer', [chunked, 'Trailer: x'], '2\r\n{}\r\n0\r\nno trailer\r\n\r\n'],
    ['a forbidden trailer', [chunked], '2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n'],
    ['Content-Length and chunks', [chunked, 'Content-Length: 2'], empty],
    ['two lengths', ['Content-Length: 2', 'Content-Length: 3'], '{} '],
    ['a negative length', ['Content-Length: -2'], '{}'],
    ['chunked twice', ['Transfer-Encoding: chunked, chunked'], empty],
    ['gzip before chunked', ['Transfer-Encoding: gzip, chunked'], empty],
    ['an unknown transfer coding', ['Transfer-Encoding: xchunked'], empty],
    ['the transfer coding identity', ['Transfer-Encoding: identity', 'Content-Length: 2'], '{}'],
    ['a space before the colon', ['Transfer-Encoding : chunked'], empty],
    ['a Content-Encoding that the body lacks', ['Content-Encoding: gzip', 'Content-Length: 2'], '{}'],
    ['a Connection header that names the body', ['Connection: Content-Length', 'Content-Length: 2'], '{}'],
    ['an unknown Expect', ['Expect: nonsense', 'Content-Length: 2'], '{}'],
    ['Expect twice', ['Expect: 100-continue', 'Expect: 100-continue', 'Content-Length: 2'], '{}'],
    ['a body that the proxy refuses', ['Content-Length: 100000000'], 'x'.repeat(1_000_000)],
    ['a body that Rekey refuses', ['Content-Length: 7000000'], large],
    ['endless chunks', [chunked], `10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(40)],
  ]
  return requests.map(([name, headers, body]) => ({
    name,
    bytes: http1('PATCH', rotation, [json, authorization, ...headers], body),
  }))
}

const large = 'x'.repeat(7_000_000)

/**
 * Requests whose heads Rekey rejects, so that it closes the connection while the proxy is still sending a large body.
 */
export function rejectedUploads(): HostileRequest[] {
  // Together longer than Rekey accepts, but within nginx's limits.
  const long = Array.from({ length: 6 }, (_, index) => `X-Long-${index}: ${'x'.repeat(7_000)}`)
  const heads = { 'a control character': ['X-Control: \x01'], 'a large head': long }
  return Object.entries(heads).map(([name, headers]) => ({
    name: `a large body after ${name}`,
    bytes: http1('POST', signatures, [json, ...headers, 'Content-Length: 7000000'], large),
  }))
}
