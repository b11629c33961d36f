import { createServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { ChannelBoundClient } from '../../../src/store/postgres/channel-bound-client.ts'
import { listen } from '../../support/listen.ts'
import { certificateFor } from '../../support/receivers.ts'

/** A message of PostgreSQL's protocol about authentication. */
function authentication(code: number, more = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.write('R')
  head.writeInt32BE(8 + more.length, 1)
  head.writeInt32BE(code, 5)
  return Buffer.concat([head, more])
}

const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

/** Starts a server with someone else's certificate. @returns its port, and what it received after its response */
async function impersonate(response: Buffer) {
  const { cert, private: key } = await certificateFor()
  const received: Buffer[] = []
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write('S')
      const encrypted = new TLSSocket(socket, { isServer: true, cert, key })
      encrypted.on('error', () => undefined)
      encrypted.once('data', () => {
        encrypted.write(response)
        encrypted.on('data', (data: Buffer) => received.push(data))
      })
    })
  })
  return { port: await listen(server), received }
}

test.each([
  ['asks for the password', authentication(3)],
  ['asks for an MD5 hash of the password', authentication(5, Buffer.from('salt'))],
  ['offers SCRAM without channel binding', authentication(10, Buffer.from('SCRAM-SHA-256\0\0'))],
  ['asks for nothing', Buffer.concat([authentication(0), ready])],
  [
    'claims to have verified what it never asked for',
    Buffer.concat([authentication(12, Buffer.from('v=AAAA')), authentication(0), ready]),
  ],
])('sends nothing to a server that %s', async (_, response) => {
  const { port, received } = await impersonate(response)
  const client = new ChannelBoundClient({
    host: '127.0.0.1',
    port,
    user: 'rekey',
    password: 'secret',
    ssl: { rejectUnauthorized: false },
    enableChannelBinding: true,
  })
  client.on('error', () => undefined)
  await expect(client.connect()).rejects.toThrow(/channel binding|SASL|null|undefined/)
  expect(Buffer.concat(received)).toEqual(Buffer.alloc(0))
})
