import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { holdWrites, openDatabase } from '../support/database.ts'
import { findBrokenPromises } from '../support/durability.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { seededRandom } from '../support/random.ts'
import { rawRequest } from '../support/raw-http.ts'
import { provision, startServer, temporaryFolder, type TestServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 15_000 } } })

const callers = 200
const postgres = ownPostgres()

/** Requests a rotation. @returns a function that disconnects without waiting for the response */
async function ask({ origin }: TestServer, webhook: string): Promise<() => Promise<void>> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  socket.on('error', () => undefined)
  onTestFinished(() => {
    socket.destroy()
  })
  const body = '{"overlapSeconds":0}'
  const headers = {
    authorization: `Bearer ${await token()}`,
    'content-type': 'application/json',
    'content-length': body.length,
  }
  await new Promise((resolve) =>
    socket.write(rawRequest('PATCH', `/api/v1${webhook}/secret`, headers, body), resolve),
  )
  return async () => {
    expect(socket.destroyed).toBe(false)
    const closed = once(socket, 'close')
    socket.resetAndDestroy()
    await closed
  }
}

function requestsLogged({ logs }: TestServer): number {
  return logs.filter(({ operationId }) => operationId === 'rotateWebhookSecret').length
}

/** Counts this process's open TCP sockets, including the server's. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
}

describe.each([
  ['SQLite', () => Promise.resolve(`sqlite:${temporaryFolder()}/rekey.db`)],
  ['PostgreSQL', () => postgres.newDatabase()],
])('on %s', (_, newDatabase) => {
  test(`${callers} clients that disconnect during rotations do not cause partial rotations or leaked connections`, async () => {
    const databaseUrl = await newDatabase()
    const server = await startServer({ ownThread: true, databaseUrl })
    const webhook = await provision(server)
    const random = seededRandom()
    const before = sockets()
    // Repeats until enough requests are logged, because the server may never read the request of a lost client.
    for (let i = 0; requestsLogged(server) < callers && i < 20 * callers; i += 10) {
      const leave = async () => {
        const go = await ask(server, webhook)
        await delay(random.below(20))
        await go()
      }
      await Promise.all(Array.from({ length: 10 }, leave))
    }
    await expect.poll(async () => (await server.api('GET', '/applications')).status).toBe(200)
    // Blocks rotations that outlive their clients, because they could add events after the check reads the keys.
    const release = await holdWrites(databaseUrl, { applicationId: 'app_1', webhookId: 'hook_1' })
    expect(await findBrokenPromises(await openDatabase(databaseUrl), [])).toEqual([])
    await release()
    expect(server.logs.filter(({ level }) => Number(level) >= 50)).toEqual([])
    expect(requestsLogged(server)).toBeGreaterThanOrEqual(callers)
    // The limit allows for the pool's 20 connections and the test's own, but not for one connection per client.
    expect(sockets()).toBeLessThan(before + 40)
    expect((await server.api('PATCH', `${webhook}/secret`)).status).toBe(200)
  })

  test('a waiting rotation is canceled when its client disconnects, and changes nothing', async () => {
    const databaseUrl = await newDatabase()
    const server = await startServer({
      ownThread: true,
      databaseUrl,
      environment: { REKEY_REQUEST_TIMEOUT_MS: '60000' },
    })
    const webhook = await provision(server)
    const release = await holdWrites(databaseUrl, { applicationId: 'app_1', webhookId: 'hook_1' })
    const leaves = await Promise.all(Array.from({ length: 30 }, () => ask(server, webhook)))
    // When this later request completes, the server has also received the earlier requests.
    await fetch(`${server.origin}/healthz`)
    // The first rotation waits in PostgreSQL, and the others wait for the first.
    if (databaseUrl.startsWith('postgres')) await expect.poll(() => waiting(databaseUrl)).toBe(1)
    await Promise.all(leaves.map((leave) => leave()))
    await expect.poll(() => requestsLogged(server)).toBe(30)
    // Canceled rotations stop waiting long before their deadline, which frees connections for other requests.
    if (databaseUrl.startsWith('postgres')) await expect.poll(() => waiting(databaseUrl)).toBe(0)
    expect((await server.api('GET', `${webhook}/secret`)).status).toBe(200)
    await release()
    expect((await server.api('PATCH', `${webhook}/secret`)).status).toBe(200)
    const { body } = await server.api('GET', `${webhook}/events`)
    expect(body.items).toMatchObject([{ type: 'secret.rotated' }, { type: 'webhook.created' }])
    expect(server.logs.filter(({ level }) => Number(level) >= 50)).toEqual([])
  })
})

async function waiting(databaseUrl: string): Promise<number> {
  const name = new URL(databaseUrl).pathname.slice(1)
  const rows = await postgres.sql(
    `select pid from pg_stat_activity where datname = '${name}' and wait_event_type = 'Lock'`,
  )
  return rows.length
}
