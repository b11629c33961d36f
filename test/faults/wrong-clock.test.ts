import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import type { WebhookPath } from '../support/documented-body.ts'
import { main, rekey } from '../support/command.ts'
import { productionEnvironment } from '../support/crash.ts'
import { execute, withDatabase } from '../support/database.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { present } from '../support/present.ts'
import { serve, type ServerProcess } from '../support/serve.ts'
import { apiOf, provision, temporaryFolder, type Api } from '../support/server.ts'

const hour = 3_600_000
const day = 24 * hour
const { newDatabase } = ownPostgres()
/** Servers can be slow to start on a busy machine. */
const patient = { timeout: 30_000 }
const skewedClock = join(import.meta.dirname, '../support/skewed-clock.ts')

/** Runs a server whose clock is `skewMs` ahead, or behind if `skewMs` is negative. */
async function serveAt(skewMs: number, databaseUrl: string, cwd: string) {
  const environment = {
    ...productionEnvironment(databaseUrl),
    REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '3',
    CLOCK_SKEW_MS: String(skewMs),
  }
  const server = await serve(cwd, environment, ['--import', skewedClock, main])
  return { ...server, api: apiOf(server.origin) }
}

type Server = ServerProcess & { api: Api }

function rotate({ api }: Server, webhook: WebhookPath, body: object = {}, headers = {}) {
  return api('PATCH', `${webhook}/secret`, { body, headers })
}

/** Signs a message. @returns its headers, its timestamp, and which of `secrets` signed it */
async function sign({ api }: Server, webhook: WebhookPath, secrets: string[]) {
  const { status, body } = await api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })
  expect(status).toBe(200)
  const timestamp = Number(body.headers['webhook-timestamp'])
  const date = new Date(timestamp * 1000)
  const signatures = present(body.headers['webhook-signature']).split(' ')
  const signers = secrets.filter((secret) =>
    signatures.includes(new Webhook(secret).sign(present(body.headers['webhook-id']), date, '{}')),
  )
  expect(signers).toHaveLength(signatures.length)
  return { headers: { ...body.headers }, timestamp, signers }
}

/**
 * Makes a key on another webhook due for erasure, so that the test notices when a sweep has run.
 * @returns a function that counts the erased secrets of that webhook
 */
async function makeDue({ api }: Server, databaseUrl: string) {
  const webhook = await provision({ api }, 'app_1', 'due')
  for (let i = 0; i < 2; i++) await api('PATCH', `${webhook}/secret`)
  const ended = Date.now() - 2 * day
  await execute(
    databaseUrl,
    `update signing_keys set expires_at = ${ended} where webhook_id = 'due' and expires_at is not null`,
  )
  return async () => {
    const keys = await withDatabase(databaseUrl, (queries) =>
      queries.selectFrom('signing_keys').select('sealed_secret').where('webhook_id', '=', 'due').execute(),
    )
    return keys.filter(({ sealed_secret }) => sealed_secret === null).length
  }
}

test(
  'servers on PostgreSQL whose clocks are days apart agree on every key, message and retry',
  { timeout: 120_000 },
  async () => {
    const databaseUrl = await newDatabase()
    const cwd = temporaryFolder()
    const right = await serveAt(0, databaseUrl, cwd)
    const webhook = await provision(right)
    const first = await rotate(right, webhook, { overlapSeconds: 3600 })
    const second = await rotate(right, webhook, { overlapSeconds: 3600 })
    const both = [second.body.signingSecret, first.body.signingSecret]
    const countErased = await makeDue(right, databaseUrl)
    const [ahead, behind] = await Promise.all([
      serveAt(5 * day, databaseUrl, cwd),
      serveAt(-3 * hour, databaseUrl, cwd),
    ])
    const servers = [right, ahead, behind]
    expect(ahead.output()).toContain(`"skewSeconds":${(5 * day) / 1000}`)

    // A server's sweep erases only the secrets that are due.
    await expect.poll(countErased, patient).toBe(1)
    for (const server of servers) {
      const { headers, timestamp, signers } = await sign(server, webhook, both)
      expect(signers).toEqual(both)
      expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(30)
      for (const { api } of servers) {
        const verified = await api('POST', `${webhook}/signatures/verify`, {
          body: { headers, payload: '{}' },
        })
        expect(verified.body).toMatchObject({ valid: true, keyState: 'current' })
      }
      expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
    }

    // A retry does not rotate again.
    const headers = { 'idempotency-key': 'one' }
    const rotated = await rotate(behind, webhook, {}, headers)
    for (const server of servers) {
      const retried = await rotate(server, webhook, {}, headers)
      expect(retried.headers.get('idempotency-replayed')).toBe('true')
      expect(retried.body).toEqual(rotated.body)
    }

    // No webhook gets an eleventh live key, whichever servers rotate.
    const statuses: number[] = []
    for (let i = 0; i < 9; i++)
      statuses.push((await rotate(servers[i % 3] ?? right, webhook, { overlapSeconds: 600 })).status)
    expect(statuses).toEqual([...Array<number>(7).fill(200), 409, 409])
    for (const { api } of servers) {
      expect((await api('GET', webhook)).body.liveKeys).toBe(10)
      const { body } = await api('GET', `${webhook}/secret`)
      expect(Math.abs(Date.parse(present(body.current).createdAt) - Date.now())).toBeLessThan(30_000)
    }

    // Once the previous keys are revoked, no server signs with them again.
    const last = await rotate(ahead, webhook, { overlapSeconds: 0 })
    await rotate(behind, webhook, { overlapSeconds: 3600 })
    const newest = await rotate(ahead, webhook, { overlapSeconds: 3600 })
    expect((await ahead.api('DELETE', `${webhook}/secret/previous`)).status).toBe(200)
    for (const server of servers) {
      const { signers } = await sign(server, webhook, [newest.body.signingSecret, last.body.signingSecret])
      expect(signers).toEqual([newest.body.signingSecret])
    }
    expect(await countErased()).toBe(1)

    // Failed authentications on one server block the network on every server, but for a minute, not for days.
    const fail = ({ api }: Server) =>
      api('GET', '/applications', { token: null, headers: { 'x-forwarded-for': '203.0.113.7' } })
    for (let i = 0; i < 3; i++) expect((await fail(ahead)).status).toBe(401)
    for (const server of [right, behind, ahead]) {
      const { status, headers } = await fail(server)
      expect(status).toBe(429)
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
    }
  },
)

test(
  'a server on SQLite that starts with its clock 5 days ahead warns and erases no live secret',
  { timeout: 120_000 },
  async () => {
    const cwd = temporaryFolder()
    const databaseUrl = `sqlite:${join(cwd, 'rekey.db')}`
    const before = await serveAt(0, databaseUrl, cwd)
    const webhook = await provision(before)
    const first = await rotate(before, webhook, { overlapSeconds: 3600 })
    const second = await rotate(before, webhook, { overlapSeconds: 3600 })
    const both = [second.body.signingSecret, first.body.signingSecret]
    const headers = { 'idempotency-key': 'one' }
    const bystander = await provision(before, 'app_2', 'bystander')
    const rotated = await rotate(before, bystander, {}, headers)
    const leaked = await provision(before, 'app_3', 'leaked')
    for (let i = 0; i < 2; i++) await rotate(before, leaked, { overlapSeconds: 3600 })
    await before.stop('SIGTERM')

    const ahead = await serveAt(5 * day, databaseUrl, cwd)
    await expect
      .poll(() => ahead.output())
      .toContain('secrets that are due for erasure are kept, because the clock may be wrong')
    expect((await fetch(`${ahead.origin}/readyz`)).status).toBe(200)
    await sign(ahead, bystander, [rotated.body.signingSecret])
    // A retry does not rotate again, even though the clock jumped.
    expect((await rotate(ahead, bystander, {}, headers)).body).toEqual(rotated.body)
    await rotate(ahead, bystander)
    await ahead.stop('SIGTERM')

    // The clock of the next server is wrong too. Neither the events of this one nor its clock may convince it.
    const successor = await serveAt(5 * day + hour / 2, databaseUrl, cwd)
    await expect
      .poll(() => successor.output())
      .toContain('secrets that are due for erasure are kept, because the clock may be wrong')
    const after = await serveAt(0, databaseUrl, cwd)
    expect((await sign(after, webhook, both)).signers).toEqual(both)

    // Ending the overlap also revokes a key that only the wrong clock sees as expired.
    expect((await successor.api('DELETE', `${webhook}/secret/previous`)).status).toBe(200)
    expect((await sign(after, webhook, both)).signers).toEqual(both.slice(0, 1))
    const environment = productionEnvironment(databaseUrl)
    const skewed = { ...environment, NODE_OPTIONS: `--import ${skewedClock}`, CLOCK_SKEW_MS: String(5 * day) }
    const fleet = ['rotate', '--application', 'app_3', '--overlap', '0']
    expect((await rekey(fleet, { cwd, environment: skewed })).code).toBe(0)
    const { body } = await after.api('GET', leaked)
    expect(body.liveKeys).toBe(1)
    expect((await rekey(['audit', 'verify'], { cwd, environment })).code).toBe(0)
  },
)
