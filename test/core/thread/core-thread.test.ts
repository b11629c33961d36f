import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import type { Core, CoreLog, OperationCall } from '../../../src/core/core.ts'
import { startCoreThread } from '../../../src/core/thread/start-core-thread.ts'
import { RekeyError } from '../../../src/errors.ts'
import { holdWrites, withDatabase } from '../../support/database.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { temporaryFolder } from '../../support/server.ts'

const never = new AbortController().signal
const path = { applicationId: 'app_1', webhookId: 'hook_1' }

const silent: CoreLog = { info: () => undefined, warn: () => undefined, error: () => undefined }

interface Opened {
  core: Core
  url: string
}

async function open(
  url = `sqlite:${join(temporaryFolder(), 'rekey.db')}`,
  log = silent,
  environment = {},
): Promise<Opened> {
  const core = await startCoreThread({ ...exampleEnvironment, ...environment, DATABASE_URL: url }, log)
  onTestFinished(() => core.close())
  return { core, url }
}

function call(operationId: OperationCall['operationId'], input: object): OperationCall {
  return {
    operationId,
    input: { query: {}, header: {}, body: undefined, ...input } as unknown as OperationCall['input'],
    caller: { subject: 'tester', identity: 'tester', applications: '*' },
    requestId: 'request',
  }
}

const rotate = call('rotateWebhookSecret', { path })
const rotateAlone = call('rotateWebhookSecret', { path, body: { overlapSeconds: 0 } })

async function provision(core: Core): Promise<void> {
  await core.execute(call('putApplication', { path, body: {} }), never)
  await core.execute(call('putWebhook', { path, body: { url: 'https://merchant.example/' } }), never)
}

function countKeys(url: string): Promise<number> {
  return withDatabase(url, async (queries) => {
    const keys = await queries.selectFrom('signing_keys').select('id').execute()
    return keys.length
  })
}

test("execute returns the operation's response from the core's thread", async () => {
  const { core } = await open()
  await provision(core)
  const { status, headers, body = '' } = await core.execute(rotate, never)
  expect(status).toBe(200)
  expect(headers['ETag']).toMatch(/^"key_/)
  expect(JSON.parse(body)).toEqual({
    keyFingerprint: expect.stringMatching(/^whsec_\*{4}/),
    signingSecret: expect.stringMatching(/^whsec_/),
  })
  expect(await core.execute(call('deleteWebhook', { path }), never)).toMatchObject({
    status: 204,
    body: undefined,
  })
})

test('each of 100 concurrent calls returns its own result', async () => {
  const { core } = await open()
  await provision(core)
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, number) =>
      core
        .execute(
          number % 2 === 0
            ? call('signMessage', { path, body: { payload: 'x', messageId: `msg_${number}` } })
            : call('listWebhooks', { path, query: { limit: 1 } }),
          never,
        )
        .then(
          ({ body = '' }) => Object.keys(JSON.parse(body) as object)[0],
          (error: unknown) => (error as RekeyError).kind,
        ),
    ),
  )
  // Signing fails with a conflict, because the webhook has no secret yet.
  expect(answers).toEqual(Array.from({ length: 50 }, () => ['conflict', 'items']).flat())
})

test("an operation's error keeps its class, kind and message across threads", async () => {
  const { core } = await open()
  const error: unknown = await core.execute(rotate, never).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RekeyError)
  expect(error).toMatchObject({ kind: 'notFound', message: 'The requested resource was not found' })

  await provision(core)
  const stale = call('rotateWebhookSecret', { path, header: { 'If-Match': '"key_none"' } })
  await expect(core.execute(stale, never)).rejects.toMatchObject({ kind: 'preconditionFailed' })
})

test("an aborted call rejects with its signal's reason and changes nothing", async () => {
  const { core, url } = await open()
  await provision(core)
  const release = await holdWrites(url, path)
  const controller = new AbortController()
  const reason = new Error('the caller has gone')
  const rotation = core.execute(rotate, controller.signal)
  controller.abort(reason)
  await expect(rotation).rejects.toBe(reason)
  await release()
  expect(await countKeys(url)).toBe(0)
  await expect(core.execute(rotate, controller.signal)).rejects.toBe(reason)
  expect(await countKeys(url)).toBe(0)
})

test('a call that is aborted at any point rejects only if it changed nothing', async () => {
  const { core, url } = await open()
  await provision(core)
  let done = 0
  // The aborts range from before the thread receives the call to after the call completes.
  for (let turns = 0; turns < 24; turns++) {
    const controller = new AbortController()
    const rotation = core.execute(rotateAlone, controller.signal)
    if (turns === 23) await rotation
    for (let i = 0; i < turns; i++) await new Promise(setImmediate)
    controller.abort(new Error('the caller has gone'))
    const outcome = await rotation.then(
      ({ status }) => status,
      (error: unknown) => (error as Error).message,
    )
    expect([200, 'the caller has gone']).toContain(outcome)
    if (outcome === 200) done += 1
    expect(await countKeys(url)).toBe(done)
  }
  expect(done).toBeGreaterThan(0)
})

test('countFailedAuthentication counts each network separately, and returns the milliseconds to wait once the limit is exceeded', async () => {
  const { core } = await open(undefined, silent, { REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '2' })
  expect(await core.countFailedAuthentication('one')).toBeNull()
  expect(await core.countFailedAuthentication('one')).toBeNull()
  expect(await core.countFailedAuthentication('one')).toBeGreaterThan(50_000)
  expect(await core.countFailedAuthentication('other')).toBeNull()
})

test("the core's log lines reach the main thread's log", async () => {
  const lines: [string, object][] = []
  const log: CoreLog = { ...silent, info: (details, text) => lines.push([text, details]) }
  await open(undefined, log)
  expect(lines).toEqual([['database migrated', { migrations: expect.arrayContaining([]) }]])
})

/** Returns a path that cannot exist, because its folder is a file. */
function fileInsideFile(): string {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  return join(file, 'rekey.db')
}

test("startup fails with the core's error if an encryption key is missing or the database cannot be opened", async () => {
  const { core, url } = await open()
  await provision(core)
  await core.execute(rotate, never)
  const other = `other:${Buffer.alloc(32, 9).toString('base64')}`
  const without = startCoreThread(
    { ...exampleEnvironment, DATABASE_URL: url, REKEY_ENCRYPTION_KEYS: other },
    silent,
  )
  const error: unknown = await without.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConfigError)
  expect(error).toMatchObject({
    faults: [
      'REKEY_ENCRYPTION_KEYS must include every key that sealed a stored secret; add the key with kid k1',
    ],
  })
  const file = fileInsideFile()
  await expect(
    startCoreThread({ ...exampleEnvironment, DATABASE_URL: `sqlite:${file}` }, silent),
  ).rejects.toThrow(`the database ${file} cannot be opened`)
})

test("startup reports that the database cannot be opened, even if the core's thread has already exited", async () => {
  const opening = startCoreThread(
    { ...exampleEnvironment, DATABASE_URL: `sqlite:${fileInsideFile()}` },
    silent,
  )
  const busyUntil = performance.now() + 3_000
  while (performance.now() < busyUntil);
  await expect(opening).rejects.toThrow('cannot be opened')
})
