import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Connections } from '../../../src/http/limits/connections.ts'
import { connectTo, rawRequest, type RawConnection } from '../../support/raw-http.ts'

const limit = 10
const [hog, bystander] = ['127.0.0.1', '127.0.0.2']
const get = rawRequest('GET', '/')
const halfAnUpload = rawRequest('PUT', '/', { 'content-length': 10 }, 'half')

/** Starts a server that keeps `limit` connections open, and responds to each request when the test calls `respond`. */
async function start() {
  const running: { request: IncomingMessage; end: (body: string | Buffer) => void }[] = []
  const server = createServer()
  const cuts: string[] = []
  new Connections(server, {
    limit,
    handle: (request, response) =>
      new Promise((resolve) => {
        request.resume()
        const end = (body: string | Buffer) => {
          response.end(body)
          resolve()
        }
        running.push({ request, end })
      }),
    onCut: (cut) => cuts.push(cut),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    running,
    cuts,
    /** Opens a connection and sends the text. If there is text, waits until the server handles its request. */
    open: async (address: string, text = ''): Promise<RawConnection> => {
      const connection = await connectTo(origin, address)
      const before = running.length
      connection.send(text)
      if (text !== '') await expect.poll(() => running.length).toBe(before + 1)
      return connection
    },
    respond: () => running.shift()?.end('done'),
  }
}

function openAmong(connections: RawConnection[]): number {
  return connections.filter(({ socket }) => !socket.destroyed).length
}

async function times<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = []
  while (made.length < count) made.push(await make())
  return made
}

test('if there are too many connections, those with an incomplete request are closed before one that waits for a response', async () => {
  const { open, respond } = await start()
  const patient = await open(hog, get)
  const uploads = await times(limit - 1, () => open(hog, halfAnUpload))
  await times(3, () => open(hog))
  await expect.poll(() => openAmong(uploads)).toBe(limit - 4)
  expect(openAmong(uploads.slice(0, 3))).toBe(0)
  respond()
  expect((await patient.answer()).status).toBe(200)
})

test('if there are too many connections, the network with the most connections loses one, even if its connections are newer', async () => {
  const { open } = await start()
  const idle = await times(3, () => open(bystander))
  const hogs = await times(limit, () => open(hog, halfAnUpload))
  await expect.poll(() => openAmong(hogs)).toBe(limit - 3)
  await open(bystander)
  await expect.poll(() => openAmong(hogs)).toBe(limit - 4)
  expect(openAmong(idle)).toBe(3)
})

test('if there are too many connections, one that has been idle longer is closed before one that has just received a response', async () => {
  const { open, respond } = await start()
  const used = await open(hog, get)
  const idle = await times(limit - 1, () => open(hog))
  respond()
  expect((await used.answer()).status).toBe(200)
  await open(hog)
  await expect.poll(() => openAmong(idle)).toBe(limit - 2)
  expect(openAmong([used])).toBe(1)
})

test('if all connections wait for a response, a new connection from the same network is closed', async () => {
  const { open, running, respond } = await start()
  const patient = await times(limit, () => open(hog, get))
  const refused = await open(hog)
  await refused.closed()
  while (running.length > 0) respond()
  for (const connection of patient) expect((await connection.answer()).status).toBe(200)
})

test('if all connections are from one network and wait for a response, a new connection from another network replaces the oldest', async () => {
  const { open, running } = await start()
  const patient = await times(limit, () => open(hog, get))
  const other = await open(bystander, get)
  running.at(-1)?.end('done')
  expect((await other.answer()).status).toBe(200)
  expect(openAmong(patient)).toBe(limit - 1)
  expect(openAmong(patient.slice(0, 1))).toBe(0)
})

test("a new connection of the network with the most connections is closed instead of another network's idle connection", async () => {
  const { open } = await start()
  const idle = await times(2, () => open(bystander))
  const patient = await times(limit - 2, () => open(hog, get))
  await (await open(hog)).closed()
  expect(openAmong([...idle, ...patient])).toBe(limit)
})

test('a pipelined request starts when the previous response is sent', async () => {
  const { open, running, respond } = await start()
  const connection = await open(hog, get)
  connection.send(get + halfAnUpload)
  const other = await open(hog, get)
  expect(running).toHaveLength(2)
  respond()
  expect((await connection.answer()).status).toBe(200)
  await expect.poll(() => running.length).toBe(2)
  respond()
  expect((await other.answer()).status).toBe(200)
  respond()
  expect((await connection.answer()).status).toBe(200)
  await expect.poll(() => running.length).toBe(1)
  connection.send(' more!')
  await expect.poll(() => running[0]?.request.complete).toBe(true)
  respond()
  expect((await connection.answer()).status).toBe(200)
})

test('if clients leave more than 64 MiB unread, a connection of the network with the most unread responses is closed', async () => {
  const { open, running, cuts } = await start()
  const unread = Buffer.alloc(20_000_000)
  const send = async (address: string) => {
    const connection = await open(address, get)
    connection.socket.pause()
    running.shift()?.end(unread)
    return connection
  }
  const slow = await send(bystander)
  const hogs = await times(4, () => send(hog))
  expect(cuts).toEqual(['unread', 'unread'])
  for (const { socket } of [slow, ...hogs.slice(2)]) {
    const received = new Promise<void>((resolve) => {
      let bytes = 0
      socket.on('data', (text: string) => {
        if ((bytes += text.length) > unread.length) resolve()
      })
    })
    socket.resume()
    await received
  }
  await Promise.all(hogs.slice(0, 2).map(({ socket }) => once(socket.resume(), 'close')))
})
