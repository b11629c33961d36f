import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '../support/server.ts'

function failure(environment: Record<string, string>): Promise<string> {
  return startServer({ environment }).then(
    () => 'started',
    (error: unknown) => (error as Error).message,
  )
}

test('a start on a port in use fails with a message that names PORT and what to do', async () => {
  const listener = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => {
    listener.close()
  })
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  expect(await failure({ PORT: String(port) })).toBe(
    `cannot listen: port ${port} on 127.0.0.1 is in use; stop the other program, or choose another port with PORT=, such as PORT=0 for any free one`,
  )
})

test.each([
  [
    '192.0.2.1',
    'this machine does not have the address HOST=192.0.2.1; choose one that it has, or HOST=0.0.0.0',
  ],
  [
    '[2001:db8::1]',
    'this machine does not have the address HOST=2001:db8::1; choose one that it has, or HOST=0.0.0.0',
  ],
  [
    'rekey.invalid',
    'the name HOST=rekey.invalid does not resolve; choose an address, such as HOST=127.0.0.1',
  ],
  ['fe80::1', 'check HOST=fe80::1 and PORT=0'],
])('a start with HOST=%s fails with a message that names HOST and what to do', async (host, text) => {
  expect(await failure({ HOST: host })).toContain(text)
})

test.each([
  ['[::]', /^http:\/\/\[::\]:\d+$/],
  ['::1', /^http:\/\/\[::1\]:\d+$/],
  ['localhost', /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/],
  ['0.0.0.0', /^http:\/\/0\.0\.0\.0:\d+$/],
])('with HOST=%s, the address that the server logs is where it responds', async (host, address) => {
  const { origin, logs } = await startServer({ environment: { HOST: host } })
  expect(origin).toMatch(address)
  expect(logs.find(({ msg }) => msg === 'listening')).toMatchObject({ origin })
  expect((await fetch(`${origin}/healthz`)).status).toBe(200)
})

test('with HOST=[::], callers that connect over IPv4 are counted by their IPv4 address', async () => {
  const { origin } = await startServer({
    environment: { HOST: '[::]', REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '1' },
  })
  const { port } = new URL(origin)
  const fail = async (host: string, headers = {}) =>
    (await fetch(`http://${host}:${port}/api/v1/applications`, { headers })).status
  expect([await fail('127.0.0.1'), await fail('127.0.0.1'), await fail('[::1]')]).toEqual([401, 429, 401])
  expect(await fail('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' })).toBe(429)
})
