import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { outcomeOf, post } from '../support/post.ts'
import { startHttpReceiver, startReceiver, startTcpReceiver } from '../support/receivers.ts'
import { freePort } from '../support/free-port.ts'

test("posts a message once, unchanged, and returns the response's status", async () => {
  const receiver = await startReceiver(() => 204)
  const { outcome, timeMs } = await post({ url: `${receiver.url}/a%20b?c=d#e` })
  expect(outcome).toBe(204)
  expect(timeMs).toBeGreaterThanOrEqual(0)
  expect(Number.isInteger(timeMs)).toBe(true)
  expect(receiver.messages).toEqual([
    {
      method: 'POST',
      path: '/webhooks/a%20b?c=d',
      headers: {
        'webhook-id': 'msg_1',
        'content-type': 'application/json',
        'content-length': '22',
        'user-agent': 'Rekey',
        host: `127.0.0.1:${receiver.port}`,
        connection: 'close',
      },
      body: '{"type":"rekey.probe"}',
    },
  ])
})

test.each([200, 299, 301, 302, 307, 308, 400, 401, 429, 500, 503])(
  'returns the status %d without following redirects',
  async (status) => {
    const elsewhere = await startReceiver(() => 200)
    const receiver = await startHttpReceiver((_, response) => {
      response.writeHead(status, { location: elsewhere.url }).end()
    })
    expect(await outcomeOf({ url: receiver.url })).toBe(status)
    expect(receiver.connections()).toBe(1)
    expect(elsewhere.connections()).toBe(0)
  },
)

test('returns the status without waiting for the response body, and closes the connection', async () => {
  const closed: Promise<unknown>[] = []
  const endless = await startHttpReceiver((_, response) => {
    closed.push(once(response, 'close'))
    const write = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    }
    response
      .writeHead(200)
      .on('drain', write)
      .on('error', () => undefined)
    write()
  })
  const stuck = await startHttpReceiver((_, response) => {
    closed.push(once(response, 'close'))
    response.writeHead(401, { 'content-length': 10 }).write('x')
  })
  expect(await outcomeOf({ url: endless.url, timeoutMs: 60_000 })).toBe(200)
  expect(await outcomeOf({ url: stuck.url, timeoutMs: 60_000 })).toBe(401)
  await Promise.all(closed)
})

test.each([
  ['sends nothing', ''],
  ['never ends its headers', 'HTTP/1.1 200 OK\r\nx: '],
])('returns timed_out for a receiver that %s', async (_, text) => {
  const receiver = await startTcpReceiver((socket) => socket.write(text))
  expect(await outcomeOf({ url: receiver.url, timeoutMs: 200 })).toBe('timed_out')
})

test('returns timed_out if the TLS handshake or the host name lookup does not finish', async () => {
  const { url } = await startTcpReceiver(() => undefined)
  expect(await outcomeOf({ url: url.replace('http:', 'https:'), timeoutMs: 200 })).toBe('timed_out')
  const resolve = () => new Promise<never>(() => undefined)
  expect(await outcomeOf({ url: 'http://merchant.example/', timeoutMs: 200, resolve })).toBe('timed_out')
})

const interim = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'

test.each([
  ['closes the connection', '', true],
  ['closes the connection in the status line', 'HTTP/1.1 200', true],
  ['speaks another protocol', '220 smtp.example ESMTP\r\n', false],
  ['sends a header of over 16 KiB', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(16_384)}\r\n\r\n`, false],
  ['sends endless interim responses', interim.repeat(10_000), false],
  ['sends endless 100 Continue responses', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(10_000), false],
  [
    'switches protocols',
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
    false,
  ],
])('returns no_answer for a receiver that %s', async (_, text, hangsUp) => {
  const receiver = await startTcpReceiver((socket) => {
    socket.once('data', () => {
      socket.write(text)
      if (hangsUp) socket.end()
    })
  })
  expect(await outcomeOf({ url: receiver.url })).toBe('no_answer')
})

test('ignores a few interim responses before the final one', async () => {
  const receiver = await startTcpReceiver((socket) => {
    socket.once('data', () => socket.end(`${interim.repeat(3)}HTTP/1.1 204 No Content\r\n\r\n`))
  })
  expect(await outcomeOf({ url: receiver.url })).toBe(204)
})

test('returns no_answer for a closed port and unresolved for an unknown host name', async () => {
  const port = await freePort()
  expect(await outcomeOf({ url: `http://127.0.0.1:${port}/` })).toBe('no_answer')
  expect(await outcomeOf({ url: `https://127.0.0.1:${port}/` })).toBe('no_answer')
  expect(await outcomeOf({ url: 'https://no-such-host.invalid/' })).toBe('unresolved')
})

test('ignores proxy environment variables, and does not keep the process running', async () => {
  const receiver = await startReceiver(() => 204)
  const proxy = await startReceiver(() => 200)
  const origin = `http://127.0.0.1:${proxy.port}`
  const script = `
    const { createPostMessage } = await import(${JSON.stringify(new URL('../../src/receiver/post-message.ts', import.meta.url).href)})
    const post = createPostMessage({ isAllowed: () => true, timeoutMs: 60_000 })
    const message = { headers: {}, payload: Buffer.from('{}') }
    console.log((await post(process.argv[1], message, new AbortController().signal)).outcome)
    const http = await import('node:http')
    http.get(process.argv[1], (answer) => answer.resume())
  `
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script, receiver.url],
    {
      env: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: origin, http_proxy: origin, NO_PROXY: '', no_proxy: '' },
      timeout: 15_000,
    },
  )
  expect(stdout).toBe('204\n')
  // The script's second request shows that Node's own client does use the proxy.
  expect([receiver.connections(), proxy.connections()]).toEqual([1, 1])
})

test("rejects with the signal's abort reason, whether the signal aborts before or during the request", async () => {
  const { url } = await startTcpReceiver(() => undefined)
  const reason = new Error('the deadline has passed')
  const controller = new AbortController()
  const waiting = post({ url, signal: controller.signal })
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(post({ url, signal: controller.signal })).rejects.toBe(reason)
})
