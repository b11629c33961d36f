import { http1, type HostileRequest } from './hostile-request.ts'

const path = '/api/v1/applications/app_1/webhooks/hook_1/secret'

/** Requests with unusual methods, targets, versions and headers. @param authorization a header line */
export function hostileHeads(authorization: string): HostileRequest[] {
  const get = (...headers: string[]) => http1('GET', path, [authorization, ...headers])
  const long = (size: number) => `X-Long: ${'x'.repeat(size)}`
  const requests = {
    ...Object.fromEntries(
      ['TRACE', 'OPTIONS', 'CONNECT', 'PURGE', 'M-SEARCH', 'PROPFIND', 'SOURCE', 'QUERY', 'FOO', 'get'].map(
        (method) => [method, http1(method, path, [authorization])],
      ),
    ),
    'CONNECT to an authority': http1('CONNECT', 'example.com:443'),
    'CONNECT with a body': http1('CONNECT', path, ['Content-Length: 2'], '{}'),
    'CONNECT with a body and Expect': http1('CONNECT', path, ['Content-Length: 2', 'Expect: 100-continue']),
    'an unknown method with a body': http1('FOO', path, ['Content-Length: 2'], '{}'),
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'an upgrade to WebSocket': get('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'),
    'an upgrade to h2c': get(
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABk',
    ),
    'an upgrade with a body': http1(
      'PATCH',
      path,
      [authorization, 'Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 2'],
      '{}',
    ),
    'no Host': `GET ${path} HTTP/1.1\r\n\r\n`,
    'two Hosts': get('Host: other'),
    'an unknown Host': `GET ${path} HTTP/1.1\r\nHost: other\r\n\r\n`,
    'an invalid Host': `GET ${path} HTTP/1.1\r\nHost: a b/c\r\n\r\n`,
    'HTTP/1.0': `GET ${path} HTTP/1.0\r\n\r\n`,
    'HTTP/1.0 with chunks': `PATCH ${path} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    'HTTP/0.9': `GET ${path}\r\n`,
    'HTTP/9.9': `GET ${path} HTTP/9.9\r\nHost: localhost\r\n\r\n`,
    'no HTTP at all': 'hello\r\n\r\n',
    'an absolute target': http1('GET', `http://localhost${path}`),
    'an absolute target with another scheme': http1('GET', 'ftp://localhost/'),
    'the target *': http1('OPTIONS', '*'),
    'NUL in the target': http1('GET', '/\0'),
    'an encoded NUL in the target': http1('GET', '/%00'),
    'invalid escapes in the target': http1('GET', `${path}/%zz%`),
    'bytes above 127 in the target': http1('GET', '/\xff\xfe'),
    'dots in the target': http1('GET', '/../../etc/passwd'),
    'a space in the target': http1('GET', '/a b'),
    'characters in the target that URLs do not allow': http1('GET', '/<>"{}|\\^`[]'),
    'a target of 30 KB': http1('GET', `/${'x'.repeat(30_000)}`),
    'a target of 100 KB': http1('GET', `/${'x'.repeat(100_000)}`),
    'a header of 30 KB': get(long(30_000)),
    'a header of 100 KB': get(long(100_000)),
    'a header of 2 MB': get(long(2_000_000)),
    'headers of 60 KB': get(...Array<string>(10).fill(long(6_000))),
    '2,500 headers': get(...Array<string>(2_500).fill('a: b')),
    'a folded header': get('X-Folded: a\r\n b'),
    'a control character in a header': get('X-Control: \x01'),
    'NUL in a header': get('X-Control: \0'),
    'bytes above 127 in a header': get('X-High: \xff\xfe'),
    'a header name that is not a token': get('X(): 1'),
    'a Connection header that names Authorization': get('Connection: Authorization, Host'),
  }
  return [
    ...Object.entries(requests).map(([name, bytes]) => ({ name, bytes })),
    { name: 'half a head', bytes: `GET ${path} HTTP/1.1\r\nHost: local`, then: 'end' },
    { name: 'an upgrade, then a reset', bytes: get('Connection: Upgrade', 'Upgrade: x'), then: 'reset' },
    { name: '200 pipelined requests, then a reset', bytes: get().repeat(200), then: 'reset' },
    { name: 'a rotation, then a reset', bytes: http1('PATCH', path), then: 'reset' },
    { name: 'a page, then a reset', bytes: http1('GET', '/docs'), then: 'reset' },
  ]
}
