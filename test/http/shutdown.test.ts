import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { exampleEnvironment } from '../support/environment.ts'
import { connectTo, rawRequest, type RawConnection } from '../support/raw-http.ts'
import { serve, type ServerProcess } from '../support/serve.ts'
import { apiOf, provision, temporaryFolder } from '../support/server.ts'

function startProcess(): Promise<ServerProcess> {
  return serve(temporaryFolder(), { NODE_ENV: 'production', ...exampleEnvironment })
}

const get = rawRequest('GET', '/readyz')

/** Sends requests on a connection until a response closes it. @returns the statuses */
async function askUntilClosed(connection: RawConnection, pause: number): Promise<number[]> {
  const statuses: number[] = []
  for (;;) {
    connection.send(get)
    const { status, headers } = await connection.answer()
    statuses.push(status)
    if (headers['connection'] === 'close') return statuses
    await delay(pause)
  }
}

test('during a shutdown, every request on an open connection gets a response, and the last response has `Connection: close`', async () => {
  const server = await startProcess()
  const connections = await Promise.all(Array.from({ length: 20 }, () => connectTo(server.origin)))
  const errors: unknown[] = []
  for (const { socket } of connections) socket.on('error', (error) => errors.push(error))
  const asked = connections.map((connection, i) => askUntilClosed(connection, i * 5))
  await delay(300)
  const stopped = server.stop('SIGTERM')
  // The last status is 200 if the shutdown began while the server was querying its database.
  for (const statuses of await Promise.all(asked)) expect([200, 503]).toContain(statuses.at(-1))
  for (const connection of connections) expect(await connection.closed()).toBe('')
  expect(errors).toEqual([])
  expect(await stopped).toBe(0)
})

test('an idle client gets a response to a request that it sends after the shutdown has begun', async () => {
  const server = await startProcess()
  const [idle, silent, pipelining] = await Promise.all([1, 2, 3].map(() => connectTo(server.origin)))
  idle?.send(get)
  expect((await idle?.answer())?.status).toBe(200)
  const stopped = server.stop('SIGTERM')
  await expect.poll(() => server.output()).toContain('shutting down')
  idle?.send(get)
  expect(await idle?.answer()).toMatchObject({ status: 503, headers: { connection: 'close' } })
  pipelining?.send(get.repeat(3))
  for (let i = 0; i < 3; i++) expect((await pipelining?.answer())?.status).toBe(503)
  expect(await silent?.closed()).toBe('')
  expect(await stopped).toBe(0)
})

test('during a shutdown, the server accepts no new connections', async () => {
  const server = await startProcess()
  const open = await connectTo(server.origin)
  const stopped = server.stop('SIGTERM')
  await expect.poll(() => server.output()).toContain('shutting down')
  open.send(get)
  expect((await open.answer()).status).toBe(503)
  const late = connect(Number(new URL(server.origin).port), '127.0.0.1')
  onTestFinished(() => {
    late.destroy()
  })
  await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(await stopped).toBe(0)
})

test('a fan-out in progress when the shutdown begins gets its whole response', async () => {
  const server = await startProcess()
  const api = apiOf(server.origin)
  const webhookIds = Array.from({ length: 64 }, (_, number) => `hook_${number}`)
  for (const id of webhookIds) await api('PATCH', `${await provision({ api }, 'app_1', id)}/secret`)
  const body = { webhookIds, payload: 'x'.repeat(1_048_576) }
  const fanOut = api('POST', '/applications/app_1/signatures', { body })
  // Long enough for the request to arrive, and too short for 64 MiB to be signed.
  await delay(20)
  const stopped = server.stop('SIGTERM')
  const { status, body: signed } = await fanOut
  expect([status, signed.items.filter((item) => 'headers' in item).length]).toEqual([200, 64])
  expect(await stopped).toBe(0)
})
