/**
 * Shows the highest throughput that this stack allows: plain node:http, statements prepared once, one commit for all
 * waiting requests, and tokens verified once. It omits everything that the work does not need: a framework, a log,
 * metrics, and most limits and validation.
 */
import {
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomUUID,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { publicRandomBytes } from '../../../src/domain/random.ts'
import { makeKey, selectLiveKeys } from './rows.ts'
import { openDatabase, prepareRotation, type Rotated } from './sqlite.ts'

const jwtSecret = process.env['REKEY_JWT_SECRET'] ?? ''
const keys = new Map<string, KeyObject>(
  (process.env['REKEY_ENCRYPTION_KEYS'] ?? '').split(',').map((part) => {
    const [kid = '', encoded = ''] = part.split(':')
    return [kid, createSecretKey(Buffer.from(encoded, 'base64'))]
  }),
)
const writer = openDatabase()
writer.pragma('wal_autocheckpoint = 4000')
const rotate = prepareRotation(writer)
const begin = writer.prepare('begin immediate')
const commit = writer.prepare('commit')
const liveKeys = openDatabase().prepare(selectLiveKeys)

interface Claims {
  sub: string
  exp: number
  scope: string
  applications: string[] | '*'
}

const verified = new Map<string, Claims>()

function authenticate(authorization = ''): Claims | undefined {
  const known = verified.get(authorization)
  const claims = known ?? verify(authorization.slice('Bearer '.length))
  if (!claims || claims.exp * 1000 <= Date.now()) return undefined
  if (!known && verified.size < 1_000) verified.set(authorization, claims)
  return claims
}

function verify(token: string): Claims | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const expected = createHmac('sha256', jwtSecret).update(`${header}.${payload}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: string }
  if (alg !== 'HS256') return undefined
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims
}

const route =
  /^\/api\/v1\/applications\/([A-Za-z0-9_.-]{1,64})\/webhooks\/([A-Za-z0-9_.-]{1,64})\/(secret|signatures)$/

function serve(request: IncomingMessage, response: ServerResponse): void {
  const [, applicationId = '', webhookId = '', what = ''] = route.exec(request.url ?? '') ?? []
  const owner = { applicationId, webhookId }
  const claims = authenticate(request.headers.authorization)
  if (!claims) {
    answer(response, 401, '')
    return
  }
  const scope = what === 'secret' ? 'secrets:rotate' : 'messages:sign'
  const { applications } = claims
  if (!claims.scope.split(' ').includes(scope)) {
    answer(response, 403, '')
    return
  }
  if (applications !== '*' && !applications.includes(applicationId)) {
    answer(response, 403, '')
    return
  }
  if (what === 'secret' && request.method === 'PATCH') {
    const key = makeKey(owner, claims.sub, Date.now())
    write(response, () => rotate(owner, key, randomUUID(), Date.now()))
    return
  }
  if (what !== 'signatures' || request.method !== 'POST') {
    answer(response, 404, '')
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { payload } = JSON.parse(Buffer.concat(chunks).toString()) as { payload: string }
    answer(response, 200, sign(applicationId, webhookId, Buffer.from(payload)))
  })
}

let queue: { response: ServerResponse; work: () => Rotated }[] = []

/** Queues a write for the next commit, which starts once an event loop turn passes without a new write. */
function write(response: ServerResponse, work: () => Rotated): void {
  if (queue.push({ response, work }) === 1) setImmediate(commitUnlessMoreCame, 1)
}

function commitUnlessMoreCame(before: number): void {
  if (queue.length > before) {
    setImmediate(commitUnlessMoreCame, queue.length)
    return
  }
  const batch = queue
  queue = []
  begin.run()
  const done = batch.map((item) => ({ response: item.response, rotated: item.work() }))
  commit.run()
  for (const { response, rotated } of done) {
    if (rotated.status === 200) answer(response, 200, rotated.body, { ETag: `"${rotated.keyId}"` })
    else answer(response, rotated.status, '')
  }
}

function sign(applicationId: string, webhookId: string, payload: Buffer): string {
  const now = Date.now()
  const id = `msg_${publicRandomBytes(16).toString('base64url')}`
  const timestamp = Math.floor(now / 1000)
  const live = liveKeys.all(applicationId, webhookId, now) as { sealed_secret: string; generation: number }[]
  live.sort((a, b) => b.generation - a.generation)
  const signatures = live.map(({ sealed_secret }) => {
    const key = createSecretKey(open(sealed_secret).slice('whsec_'.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(payload).digest('base64')}`
  })
  return JSON.stringify({
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatures.join(' '),
    },
  })
}

/** Unseals the secret again for every signature. Rekey caches unsealed keys for up to a minute. */
function open(sealed: string): string {
  const [header = '', , iv = '', ciphertext = '', tag = ''] = sealed.split('.')
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
  const key = keys.get(kid)
  if (!key) throw new Error(`unknown encryption key ${kid}`)
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'))
    .setAAD(Buffer.from(header))
    .setAuthTag(Buffer.from(tag, 'base64url'))
  return decipher.update(ciphertext, 'base64url', 'utf8') + decipher.final('utf8')
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...headers,
  })
  response.end(body)
}

const server = createServer(serve)
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
