import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sweep } from '../../src/core/sweep.ts'
import { rekey } from '../support/command.ts'
import { execute, openDatabase, withDatabase } from '../support/database.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { startReceiver, verifiedWith } from '../support/receivers.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

function sha256Of(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

async function rotate(server: TestServer, webhook: Awaited<ReturnType<typeof provision>>, body: object = {}) {
  return (await server.api('PATCH', `${webhook}/secret`, { body })).body
}

/** Lists all keys that match, page by page, as application, webhook and state. */
async function list(server: TestServer, query = '', options: { token?: string } = {}): Promise<string[]> {
  const found: string[] = []
  let cursor = ''
  for (;;) {
    const { status, body } = await server.api('GET', `/keys?limit=2${query}${cursor}`, options)
    expect(status).toBe(200)
    found.push(
      ...body.items.map(({ applicationId, webhookId, state }) => `${applicationId}/${webhookId} ${state}`),
    )
    if (body.nextCursor === null) return found
    cursor = `&cursor=${body.nextCursor}`
  }
}

test("a leaked secret's SHA-256 finds its key, in any state, and even after the secret was erased", async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await provision(server, 'app_2', 'hook_2')
  const { signingSecret } = await rotate(server, webhook)
  const query = `&sha256=${sha256Of(signingSecret)}`
  const state = await server.api('GET', `${webhook}/secret`)
  const { body } = await server.api('GET', `/keys?${query}`)
  expect(body).toEqual({
    items: [{ applicationId: 'app_1', webhookId: 'hook_1', ...state.body.current, receiverProven: false }],
    nextCursor: null,
  })
  await rotate(server, webhook)
  expect(await list(server, query)).toEqual(['app_1/hook_1 previous'])
  await server.api('DELETE', `${webhook}/secret/previous`)
  expect(await list(server, query)).toEqual(['app_1/hook_1 revoked'])
  const store = await openDatabase(server.databaseUrl)
  await sweep(store, Date.now() + 86_500_000, AbortSignal.timeout(10_000))
  expect(await list(server, query)).toEqual(['app_1/hook_1 revoked'])
  expect(await list(server, `&sha256=${sha256Of('something else')}`)).toEqual([])
  expect(await list(server, `${query}&state=current`)).toEqual([])
})

test('the SHA-256 of a guessable secret finds its key by the HMAC of any encryption key, until the secret is erased', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  const signingSecret = 'correct-horse-battery'
  await rotate(server, webhook, { signingSecret })
  const query = `&sha256=${sha256Of(signingSecret)}`
  const { body } = await server.api('GET', `/keys?${query}`)
  expect(body.items).toMatchObject([{ webhookId: 'hook_1', sha256: null }])

  const fresh = `k2:${Buffer.alloc(32, 2).toString('base64')}`
  const REKEY_ENCRYPTION_KEYS = `${fresh},${exampleEnvironment['REKEY_ENCRYPTION_KEYS'] ?? ''}`
  const renewed = await startServer({ beside: server, environment: { REKEY_ENCRYPTION_KEYS } })
  expect(await list(renewed, query)).toEqual(['app_1/hook_1 current'])
  const environment = { ...exampleEnvironment, DATABASE_URL: server.databaseUrl, REKEY_ENCRYPTION_KEYS }
  await rekey(['rewrap'], { cwd: server.folder, environment })
  expect(await list(renewed, query)).toEqual(['app_1/hook_1 current'])

  await rotate(renewed, webhook, { overlapSeconds: 0 })
  const store = await openDatabase(server.databaseUrl)
  await sweep(store, Date.now() + 86_500_000, AbortSignal.timeout(10_000))
  expect(await list(renewed, query)).toEqual([])
  expect(await list(renewed, `&sha256=${'0'.repeat(64)}`)).toEqual([])
})

test('lists the keys in each state, oldest first, page by page', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const server = await startServer({ now: () => now })
  const keys = []
  for (const id of ['hook_3', 'hook_1', 'hook_2']) {
    const webhook = await provision(server, 'app_1', id)
    for (const overlapSeconds of [600, 0, 600, 60, 86_400]) {
      await rotate(server, webhook, { overlapSeconds })
      keys.push(`${id}@${now}`)
      now += 1_000
    }
  }
  now += 60_000
  const of = (state: string) => ['hook_3', 'hook_1', 'hook_2'].map((id) => `app_1/${id} ${state}`)
  const each = (...states: string[]) => states.flatMap(of).sort()
  expect((await list(server)).sort()).toEqual(each('current', 'expired', 'previous', 'revoked', 'previous'))
  expect(await list(server, '&state=current')).toEqual(of('current'))
  expect(await list(server, '&state=expired')).toEqual(of('expired'))
  expect(await list(server, '&state=revoked')).toEqual(of('revoked'))
  expect((await list(server, '&state=previous')).sort()).toEqual(each('previous', 'previous'))
  const { body } = await server.api('GET', '/keys?limit=100')
  expect(body.items.map(({ webhookId, createdAt }) => `${webhookId}@${Date.parse(createdAt)}`)).toEqual(keys)

  const createdBefore = new Date(Date.parse(body.items[5]?.createdAt ?? '')).toISOString()
  expect(await list(server, `&createdBefore=${createdBefore}`)).toEqual((await list(server)).slice(0, 5))
  expect(await list(server, `&createdBefore=${createdBefore}&state=current`)).toEqual([
    'app_1/hook_3 current',
  ])
  now += 86_400_000
  const store = await openDatabase(server.databaseUrl)
  await sweep(store, now + 86_400_000, AbortSignal.timeout(10_000))
  expect((await list(server, '&state=expired')).sort()).toEqual(each('expired', 'expired', 'expired'))
})

test('unproven lists the current keys that no probe has proven, and a rotation adds a new one', async () => {
  let secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const receiver = await startReceiver((message) => verifiedWith(secret)(message))
  const server = await startServer({ environment: { REKEY_PROBE_ALLOW: 'loopback' } })
  const webhook = await provision(server)
  await server.api('PUT', webhook, { body: { url: receiver.url } })
  await rotate(server, webhook)
  await server.api('POST', `${webhook}/probes`)
  expect(await list(server, '&unproven=true')).toEqual(['app_1/hook_1 current'])
  secret = (await rotate(server, webhook)).signingSecret
  expect((await server.api('POST', `${webhook}/probes`)).body).toMatchObject({ proven: true })
  expect(await list(server, '&unproven=true')).toEqual([])
  expect(await list(server, '&unproven=false')).toHaveLength(2)
  expect(await list(server, '&state=current')).toEqual(['app_1/hook_1 current'])
  expect(await list(server, '&unproven=true&state=revoked')).toEqual([])
  await rotate(server, webhook)
  expect(await list(server, '&unproven=true')).toEqual(['app_1/hook_1 current'])
})

test('lists only keys of applications for which the token grants secrets:read', async () => {
  const server = await startServer()
  for (let i = 1; i <= 7; i++) await rotate(server, await provision(server, `app_${i}`))
  const { signingSecret } = await rotate(server, await provision(server, 'app_1', 'hook_2'))
  const secret = `&sha256=${sha256Of(signingSecret)}`
  const of = async (applications: string[]) => ({
    token: await token({ scope: 'secrets:read', applications }),
  })
  const all = ['app_1/hook_1 current', 'app_1/hook_2 current']
  expect(await list(server, '', await of(['app_1']))).toEqual(all)
  expect(await list(server, '', await of(['app_2', 'none']))).toEqual(['app_2/hook_1 current'])
  expect(await list(server, '', await of([]))).toEqual([])
  expect(await list(server, secret, await of(['app_1', 'app_2']))).toEqual(['app_1/hook_2 current'])
  expect(await list(server, secret, await of(['app_2']))).toEqual([])
  const six = await of(Array.from({ length: 6 }, (_, i) => `app_${i + 1}`))
  expect(await list(server, '&state=current', six)).toHaveLength(7)
  expect(await list(server, '&state=previous', six)).toEqual([])
  const others = await token({ scope: 'events:read webhooks:read', applications: '*' })
  expect((await server.api('GET', '/keys', { token: others })).status).toBe(403)
})

test('rejects filters and cursors that the document does not allow', async () => {
  const server = await startServer()
  const cursors = ['a', '1', 'key_1', '-1.key', '1.k%25'].map((text) =>
    Buffer.from(text).toString('base64url'),
  )
  for (const query of [
    `sha256=${'A'.repeat(64)}`,
    'sha256=whsec_',
    'state=live',
    'createdBefore=yesterday',
    'createdBefore=2026-01-01',
    'unproven=maybe',
    ...cursors.map((cursor) => `cursor=${cursor}`),
  ]) {
    const { status, body } = await server.api('GET', `/keys?${query}`)
    expect([status, query]).toEqual([400, query])
    expect(JSON.stringify(body)).not.toContain('whsec_')
  }
})

test('receiverProven says whether a probe has proven the current key, also in the items of older keys', async () => {
  const secrets: string[] = []
  const receiver = await startReceiver((message) => verifiedWith(secrets.at(-1) ?? '')(message))
  const server = await startServer({ environment: { REKEY_PROBE_ALLOW: 'loopback' } })
  const webhook = await provision(server)
  await server.api('PUT', webhook, { body: { url: receiver.url } })
  const listed = async () =>
    (await server.api('GET', '/keys')).body.items.map(({ state, receiverProven }) => [state, receiverProven])
  secrets.push((await rotate(server, webhook)).signingSecret)
  expect(await listed()).toEqual([['current', false]])
  await server.api('POST', `${webhook}/probes`)
  expect(await listed()).toEqual([['current', true]])
  secrets.push((await rotate(server, webhook)).signingSecret)
  expect(await listed()).toEqual([
    ['previous', false],
    ['current', false],
  ])
  await server.api('POST', `${webhook}/probes`)
  expect(await listed()).toEqual([
    ['previous', true],
    ['current', true],
  ])
})

test('lost lists the keys that were erased before their end, as many as rekey_lost_secrets counts', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const server = await startServer({ now: () => now })
  for (const id of ['app_1', 'app_2']) {
    const webhook = await provision(server, id)
    for (const overlapSeconds of [0, 60, 600]) {
      now += 1_000
      await rotate(server, webhook, { overlapSeconds })
    }
    await rotate(server, await provision(server, id, 'kept'))
  }
  expect(await list(server, '&lost=true')).toEqual([])
  await execute(
    server.databaseUrl,
    "update signing_keys set sealed_secret = null, sealed_by = null where webhook_id = 'hook_1'",
  )
  const lostCount = async () => {
    const text = await (await fetch(`${server.origin}/metrics`)).text()
    return Number(/^rekey_lost_secrets (\d+)$/m.exec(text)?.[1])
  }
  const lost = [
    ...Array<string>(3).fill('app_1/hook_1 expired'),
    ...Array<string>(3).fill('app_2/hook_1 expired'),
  ]
  expect((await list(server, '&lost=true')).sort()).toEqual(lost)
  expect(await lostCount()).toBe(6)
  expect((await list(server, '&lost=true&state=expired')).sort()).toEqual(lost)
  expect(await list(server, '&lost=false')).toHaveLength(8)
  for (const other of ['state=current', 'state=previous', 'state=revoked', 'unproven=true'])
    expect(await list(server, `&lost=true&${other}`)).toEqual([])
  const some = {
    token: await token({ scope: 'secrets:read', applications: ['app_2'], expiresIn: 10 * 365 * 86_400 }),
  }
  expect(await list(server, '&lost=true', some)).toEqual(lost.slice(3))
  now += 60_000
  expect(await list(server, '&lost=true', some)).toEqual(lost.slice(4))
})

test('thousands of open overlaps fill their pages from the first on, oldest key first', async () => {
  const server = await startServer()
  await provision(server)
  await writeKeys(server.databaseUrl, 6_000)
  const found: string[] = []
  let cursor = ''
  for (let pages = 1; ; pages++) {
    const { body } = await server.api('GET', `/keys?state=previous&limit=100${cursor}`)
    found.push(...body.items.map(({ createdAt }) => createdAt))
    if (pages === 2) expect(found).toHaveLength(200)
    if (body.nextCursor === null) break
    cursor = `&cursor=${body.nextCursor}`
  }
  expect(found).toHaveLength(2_000)
  expect(found).toEqual(found.toSorted())
})

/** Writes keys of app_1/hook_1: each third is erased, each third has expired, and each third has an open overlap. */
async function writeKeys(url: string, count: number): Promise<void> {
  await withDatabase(url, async (queries) => {
    for (let first = 1; first <= count; first += 500)
      await queries
        .insertInto('signing_keys')
        .values(
          Array.from({ length: 500 }, (_, index) => first + index).map((n) => ({
            ...{ id: `key_${String(n).padStart(22, '0')}`, application_id: 'app_1', webhook_id: 'hook_1' },
            ...{
              generation: n,
              fingerprint: 'whsec_****0000',
              sha256: String(n).padStart(64, '0'),
              guessable: 0,
            },
            ...(n % 3 === 0
              ? { sealed_secret: null, sealed_by: null }
              : { sealed_secret: 'x', sealed_by: 'k1' }),
            ...{ created_at: 1_000_000 + ((n * 7919) % count), created_by: null, reason: null },
            expires_at: n % 3 === 1 ? Date.now() + 100_000_000 + ((n * 31) % 1_000) : 2_000_000,
            revoked_at: null,
          })),
        )
        .execute()
  })
}
