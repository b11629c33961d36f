/** Measures the SQLite numbers in docs/capacity.md: `npx node --expose-gc scripts/capacity.ts`. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { createApp } from '../src/http/app.ts'
import { readConfig } from '../src/config/read-config.ts'
import { openCore } from '../src/core/open-core.ts'
import { signToken } from '../src/commands/token.ts'
import { newEncryptionKeys, newJwtSecret } from '../src/commands/shared/new-keys.ts'
import { createLogger, standardOutput } from '../src/logger.ts'

const webhooks = 1_000
const rotationsEach = 9
const atOnce = 32

const folder = mkdtempSync(join(tmpdir(), 'rekey-capacity-'))
const file = join(folder, 'rekey.db')
const config = readConfig({
  PORT: '0',
  DATABASE_URL: `sqlite:${file}`,
  REKEY_ENCRYPTION_KEYS: newEncryptionKeys(),
  REKEY_JWT_SECRET: newJwtSecret(),
  REKEY_ROTATIONS_PER_MINUTE: '0',
  LOG_LEVEL: 'silent',
})
const logger = createLogger('silent', await standardOutput())
const app = await createApp(config, { core: await openCore(config, { logger }), logger })
const origin = await app.start()
const token = await signToken(config.jwt, {
  subject: 'capacity',
  scopes: ['applications:write', 'webhooks:write', 'secrets:rotate', 'messages:sign'],
  applications: '*',
  expiresInSeconds: 3_600,
})

async function call(method: string, path: string, body?: unknown): Promise<void> {
  const response = await fetch(`${origin}/api/v1/applications/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`)
}

/** Runs `work` for every webhook, several at a time. @returns the average time per webhook, in milliseconds */
async function forEachWebhook(work: (path: string) => Promise<void>): Promise<number> {
  const start = performance.now()
  let next = 0
  const worker = async () => {
    while (next < webhooks) await work(`platform/webhooks/hook_${next++}`)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return (performance.now() - start) / webhooks
}

/** Runs `statement` on a copy of the database. @returns the size of the vacuumed copy, in bytes */
function bytes(statement = ''): number {
  const copy = join(folder, 'copy.db')
  rmSync(copy, { force: true })
  const original = new SqliteDatabase(file)
  original.prepare('vacuum into ?').run(copy)
  original.close()
  const database = new SqliteDatabase(copy)
  if (statement !== '') database.exec(`${statement}; vacuum`)
  database.close()
  return statSync(copy).size
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const sign = (path: string) => call('POST', `${path}/signatures`, { payload: '{}' })
const result: Record<string, number> = {}

await call('PUT', 'platform', {})
const empty = bytes()
await forEachWebhook((path) => call('PUT', path, { url: 'https://merchant.example/webhooks' }))
result['bytes per webhook, with its first event'] = (bytes() - empty) / webhooks
const first = await forEachWebhook((path) => call('PATCH', `${path}/secret`))
const afterFirst = bytes()
const heapFirst = heapBytes()
const signFirst = await forEachWebhook(sign)
let last = first
for (let i = 1; i < rotationsEach; i++) last = await forEachWebhook((path) => call('PATCH', `${path}/secret`))
const rotated = bytes()
const keys = webhooks * (rotationsEach - 1)
result['bytes per rotation: key and event'] = (rotated - afterFirst) / keys
result['bytes per rotation: event only'] = (rotated - bytes('delete from events where sequence > 2')) / keys
result['bytes per rotation with an erased secret'] =
  (bytes('update signing_keys set sealed_secret = null, sealed_by = null where expires_at is not null') -
    afterFirst) /
  keys
result['heap bytes per 1,000 keys'] = ((heapBytes() - heapFirst) / keys) * 1_000
result[`time ratio of a rotation, ${webhooks * rotationsEach} keys / ${webhooks} keys`] = last / first
result[`time ratio of a signature, ${rotationsEach} live keys / 1 live key`] =
  (await forEachWebhook(sign)) / signFirst
result['bytes of the write-ahead log'] = statSync(`${file}-wal`).size

await app.close()
rmSync(folder, { recursive: true, force: true })
for (const [what, value] of Object.entries(result)) console.log(`${what}: ${Number(value.toPrecision(3))}`)
