import type { HostileRequest } from './hostile-request.ts'

const path = '/api/v1/applications/app_1/webhooks/hook_1/secret'

const frameTypes = {
  ...{ data: 0, headers: 1, priority: 2, reset: 3, settings: 4 },
  ...{ ping: 6, goAway: 7, windowUpdate: 8, continuation: 9 },
} as const
const endStream = 1
const endHeaders = 4

/** Builds a frame (RFC 9113, section 4.1), as a string of bytes. */
function frame(type: keyof typeof frameTypes, flags: number, stream: number, payload = ''): string {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(frameTypes[type], 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return head.toString('latin1') + payload
}

/** Encodes header fields shorter than 127 bytes as literals without indexing (RFC 7541, section 6.2.2). */
function fields(headers: Record<string, string>): string {
  const text = (value: string) => String.fromCharCode(value.length) + value
  return Object.entries(headers)
    .map(([name, value]) => `\0${text(name)}${text(value)}`)
    .join('')
}

const open = (headers: Record<string, string>, { flags = endHeaders, stream = 1 } = {}) =>
  frame('headers', flags, stream, fields(headers))
const whole = (headers: Record<string, string>, stream = 1) =>
  open(headers, { flags: endHeaders | endStream, stream })
const reset = (stream = 1) => frame('reset', 0, stream, '\0\0\0\x08')

const target = { ':scheme': 'https', ':path': path, ':authority': 'localhost' }
const get = { ':method': 'GET', ...target }
const patch = { ':method': 'PATCH', ...target, 'content-type': 'application/json' }
const started = open(patch) + frame('data', 0, 1, '{')

/** Repeats frames on new streams of one connection. */
function repeat(count: number, frames: (stream: number) => string): string {
  return Array.from({ length: count }, (_, index) => frames(2 * index + 1)).join('')
}

/** HTTP/2 requests that stop in the middle, contradict themselves, or flood the proxy with frames. */
export function hostileHttp2(): HostileRequest[] {
  const connections: Record<string, string> = {
    'a stream reset in the middle of its body': started + reset(),
    'a stream reset at once': open(patch) + reset(),
    'less data than Content-Length':
      open({ ...patch, 'content-length': '9' }) + frame('data', endStream, 1, '{}'),
    'more data than Content-Length':
      open({ ...patch, 'content-length': '1' }) + frame('data', endStream, 1, '{}'),
    'no data despite Content-Length': whole({ ...patch, 'content-length': '5' }),
    'a body that never ends': started,
    'GOAWAY in the middle of a body': started + frame('goAway', 0, 0, '\0\0\0\0\0\0\0\x01'),
    'a broken frame in the middle of a body': started + frame('settings', 0, 1, 'xxx'),
    trailers: started + frame('data', 0, 1, '}') + whole({ 'x-trailer': '1' }),
    'pseudo-headers in trailers': started + whole(get),
    '500 requests, each reset at once': repeat(500, (stream) => whole(get, stream) + reset(stream)),
    '50 rotations, each reset in the middle': repeat(
      50,
      (stream) => open(patch, { stream }) + frame('data', 0, stream, '{') + reset(stream),
    ),
    '300 requests at once': repeat(300, (stream) => whole(get, stream)),
    '10,000 priorities': repeat(10_000, (stream) => frame('priority', 0, stream, '\0\0\0\0\x10')),
    '10,000 pings': repeat(10_000, () => frame('ping', 0, 0, '12345678')),
    '10,000 settings': repeat(10_000, () => frame('settings', 0, 0)),
    'a flow-control window that is too large': open(patch) + frame('windowUpdate', 0, 1, '\x7f\xff\xff\xff'),
    'headers that never end':
      open(patch, { flags: 0 }) + repeat(100, () => frame('continuation', 0, 1, fields({ a: 'b' }))),
    'a header name in upper case': whole({ ...get, 'X-Upper': '1' }),
    'a Connection header': whole({ ...get, connection: 'close' }),
    'a Transfer-Encoding header':
      open({ ...patch, 'transfer-encoding': 'chunked' }) + frame('data', 1, 1, '0\r\n\r\n'),
    'no path': whole({ ':method': 'GET', ':scheme': 'https', ':authority': 'localhost' }),
    'a line break in a header': whole({ ...get, 'x-break': 'a\r\nTransfer-Encoding: chunked' }),
    'spaces in the method': whole({ ...get, ':method': 'GET / HTTP/1.1' }),
    'spaces in the path': whole({ ...get, ':path': '/a b HTTP/1.1' }),
    CONNECT: open({ ':method': 'CONNECT', ':authority': 'localhost:1' }),
    'CONNECT with data':
      open({ ':method': 'CONNECT', ':authority': 'localhost' }) + frame('data', 0, 1, 'x') + reset(),
    'an extended CONNECT': open({ ...get, ':method': 'CONNECT', ':protocol': 'websocket' }),
    TRACE: whole({ ...get, ':method': 'TRACE' }),
    'an unknown method': whole({ ...get, ':method': 'FOO' }),
    'Expect without a body': open({ ...patch, expect: '100-continue' }),
    'an unknown Expect': whole({ ...patch, expect: 'nonsense' }),
  }
  const preface = `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${frame('settings', 0, 0)}`
  return Object.entries(connections).flatMap(([name, frames]) => [
    { name, bytes: preface + frames, http2: true },
    { name: `${name}, then a reset`, bytes: preface + frames, http2: true, then: 'reset' },
  ])
}
