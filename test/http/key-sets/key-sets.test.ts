import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import Koa from 'koa'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { keySets } from '../../../src/http/key-sets/key-sets.ts'
import type { PublicJwk } from '../../../src/domain/public-key.ts'
import { listen } from '../../support/listen.ts'
import { notePrivateKeys } from '../../support/private-keys.ts'
import { newSecret, rotate } from '../../support/probes.ts'
import { findSecrets } from '../../support/secret-search.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'

interface KeySet {
  keys: PublicJwk[]
}

const setPath = '/jwks/app_1/hook_1'

function fetchSet({ origin }: Pick<TestServer, 'origin'>, path = setPath, init: RequestInit = {}) {
  return fetch(origin + path, init)
}

async function publicKeysOf(server: TestServer): Promise<string[]> {
  const { keys } = (await (await fetchSet(server)).json()) as KeySet
  return keys.map(({ x }) => `whpk_${Buffer.from(x, 'base64url').toString('base64')}`)
}

/** Returns the status, the body, and the headers except those that are different in every response. */
async function answerOf(response: Response) {
  const headers = [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name))
  return { status: response.status, headers: Object.fromEntries(headers), text: await response.text() }
}

async function counted({ origin }: Pick<TestServer, 'origin'>) {
  const text = await (await fetch(`${origin}/metrics`)).text()
  const lines = text.matchAll(/^rekey_jwks_requests_total\{result="(\w+)"\} (\d+)$/gm)
  return Object.fromEntries([...lines].map(([, result = '', count]) => [result, Number(count)]))
}

function toServer(app: Koa) {
  const handle = app.callback()
  return createServer((request, response) => void handle(request, response))
}

function keyIdOf(etag: string | null): string {
  return etag?.slice(1, -1) ?? ''
}

test('serves the public keys of the live keys, newest first, without a token and to pages of any origin', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  const [first, second] = [await rotate(server, webhook), await rotate(server, webhook)]
  const response = await fetchSet(server, setPath, { headers: { origin: 'https://merchant.example' } })
  const { status, headers, text } = await answerOf(response)
  expect([status, headers]).toEqual([
    200,
    expect.objectContaining({
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=300',
      'content-type': 'application/json; charset=utf-8',
    }),
  ])
  expect(JSON.parse(text)).toEqual({
    keys: [second, first].map(({ body, headers }) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      x: Buffer.from(body.signingSecret.slice('whpk_'.length), 'base64').toString('base64url'),
      use: 'sig',
      kid: keyIdOf(headers.get('etag')),
    })),
  })
  expect(findSecrets(await notePrivateKeys(server), Buffer.from(text))).toEqual([])
  expect(await counted(server)).toEqual({ keys: 1, empty: 0, limited: 0, failed: 0 })
  const head = await fetchSet(server, setPath, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

test('a key leaves the set when it is revoked and when its overlap ends', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  const first = await newSecret(server, webhook)
  const second = await newSecret(server, webhook, { overlapSeconds: 600 })
  expect(await publicKeysOf(server)).toEqual([second, first])
  now += 599_999
  expect(await publicKeysOf(server)).toEqual([second, first])
  now += 1
  expect(await publicKeysOf(server)).toEqual([second])
  const third = await newSecret(server, webhook)
  expect(await publicKeysOf(server)).toEqual([third, second])
  await server.api('DELETE', `${webhook}/secret/previous`)
  expect(await publicKeysOf(server)).toEqual([third])
  await server.api('DELETE', webhook)
  expect(await publicKeysOf(server)).toEqual([])
})

test('an unknown webhook, one without keys and one with another scheme all return the same empty set', async () => {
  const server = await startServer()
  await provision(server, 'app_1', 'hook_1', 'ed25519')
  for (const scheme of ['standard-webhooks', 'github'])
    await rotate(server, await provision(server, 'app_1', scheme, scheme))
  const paths = ['app_1/hook_1', 'app_1/standard-webhooks', 'app_1/github', 'app_1/unknown', 'unknown/hook_1']
  const answers = []
  for (const path of paths) answers.push(await answerOf(await fetchSet(server, `/jwks/${path}`)))
  expect(answers[0]).toMatchObject({
    status: 200,
    headers: { 'cache-control': 'no-cache' },
    text: '{"keys":[]}',
  })
  for (const answer of answers) expect(answer).toEqual(answers[0])
  expect(await counted(server)).toMatchObject({ keys: 0, empty: paths.length })
})

test('ignores the Authorization header, and allows only GET and HEAD', async () => {
  const server = await startServer()
  await rotate(server, await provision(server, 'app_1', 'hook_1', 'ed25519'))
  const invalid = await fetchSet(server, setPath, { headers: { authorization: 'Bearer invalid' } })
  expect(invalid.status).toBe(200)
  const posted = await fetchSet(server, setPath, { method: 'POST' })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test.each([
  '/jwks',
  '/jwks/',
  '/jwks/app_1',
  '/jwks/app_1/hook_1/',
  '/jwks/app_1/a%20b',
  '/jwks/a%00/b',
  `/jwks/app_1/${'a'.repeat(65)}`,
])('%s returns an ordinary 404', async (path) => {
  const server = await startServer()
  const response = await fetchSet(server, path)
  expect([response.status, await response.json()]).toEqual([404, expect.objectContaining({ code: 404 })])
})

test.each([
  ['REKEY_PAGES=none', { REKEY_PAGES: 'none' }, ''],
  ['a path prefix', { REKEY_PUBLIC_URL: 'https://rekey.example/rekey' }, '/rekey'],
])('with %s, the set keeps its path', async (_, environment, prefix) => {
  const server = await startServer({ environment })
  await rotate(server, await provision(server, 'app_1', 'hook_1', 'ed25519'))
  for (const path of [setPath, prefix + setPath])
    expect(await (await fetchSet(server, path)).json()).toMatchObject({ keys: [{ kty: 'OKP' }] })
})

test('limits the requests of one network without limiting others', async () => {
  const server = await startServer({ environment: { REKEY_TRUSTED_PROXIES: '127.0.0.1' } })
  await rotate(server, await provision(server, 'app_1', 'hook_1', 'ed25519'))
  const from = (address: string) => fetchSet(server, setPath, { headers: { 'x-forwarded-for': address } })
  for (let i = 0; i < 600; i += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => from('203.0.113.1')))
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(50).fill(200))
    await Promise.all(answers.map((answer) => answer.text()))
  }
  const limited = await from('203.0.113.1')
  expect([limited.status, limited.headers.get('access-control-allow-origin')]).toEqual([429, '*'])
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await limited.json()).toEqual({
    error: 'Too Many Requests',
    message: expect.stringMatching(
      /^Too many requests for public keys from this address\. Try again in \d+ seconds?\.$/,
    ),
    code: 429,
  })
  expect((await from('203.0.113.2')).status).toBe(200)
  expect(await counted(server)).toEqual({ keys: 601, empty: 0, limited: 1, failed: 0 })
})

test('reads at most two sets at a time, and only one at a time for the same network', async () => {
  const reading: string[] = []
  const finish: (() => void)[] = []
  const app = new Koa()
  app.use(
    keySets({
      core: {
        publicKeys: ({ webhookId }) => {
          reading.push(webhookId)
          return new Promise((resolve) => {
            finish.push(() => {
              resolve([])
            })
          })
        },
      },
      registry: new Registry(),
      networkOf: (context) => context.get('X-Network'),
      requestTimeoutMs: 10_000,
    }),
  )
  const origin = `http://127.0.0.1:${await listen(toServer(app))}`
  const answers = []
  for (const [webhookId, network] of [
    ['a1', 'a'],
    ['a2', 'a'],
    ['a3', 'a'],
    ['b1', 'b'],
    ['c1', 'c'],
  ] as const) {
    answers.push(fetchSet({ origin }, `/jwks/app/${webhookId}`, { headers: { 'x-network': network } }))
    await delay(50)
  }
  expect(reading).toEqual(['a1', 'b1'])
  finish[0]?.()
  await delay(50)
  expect(reading).toEqual(['a1', 'b1', 'c1'])
  for (let i = 1; i < answers.length; i++) {
    finish[i]?.()
    await delay(50)
  }
  expect(reading).toEqual(['a1', 'b1', 'c1', 'a2', 'a3'])
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
})

test('failed requests count toward the limit', async () => {
  const app = new Koa()
  const registry = new Registry()
  const core = { publicKeys: () => Promise.reject(new Error('database down')) }
  app.silent = true
  app.use(keySets({ core, registry, networkOf: () => 'a', requestTimeoutMs: 1_000 }))
  const origin = `http://127.0.0.1:${await listen(toServer(app))}`
  expect((await fetchSet({ origin })).status).toBe(500)
  expect(await registry.metrics()).toContain('rekey_jwks_requests_total{result="failed"} 1')
})
