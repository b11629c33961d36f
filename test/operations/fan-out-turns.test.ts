import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import type { Core, OperationCall } from '../../src/core/core.ts'
import { openCore } from '../../src/core/open-core.ts'
import { newDatabase } from '../support/database.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { temporaryFolder } from '../support/server.ts'

const never = new AbortController().signal
const large = 'x'.repeat(1_048_576)
const ids = (count: number) => Array.from({ length: count }, (_, number) => `hook_${number}`)

/** Opens a core in this thread, so that a test sees its turns of the event loop. */
async function open(): Promise<Core> {
  const log = () => undefined
  const environment = { ...exampleEnvironment, DATABASE_URL: await newDatabase(temporaryFolder()) }
  const core = await openCore(readConfig(environment), { logger: { info: log, warn: log, error: log } })
  onTestFinished(() => core.close())
  return core
}

function run(
  core: Core,
  operationId: OperationCall['operationId'],
  { signal = never, ...input }: { path: object; body?: object; signal?: AbortSignal },
) {
  const call = {
    operationId,
    input: { query: {}, header: {}, body: undefined, ...input } as unknown as OperationCall['input'],
    caller: { subject: 'tester', identity: 'tester', applications: '*' as const },
    requestId: 'request',
  }
  return core.execute(call, signal)
}

/** Provisions 64 webhooks with two keys each. */
async function provision(core: Core): Promise<void> {
  const application = { applicationId: 'app_1' }
  await run(core, 'putApplication', { path: application, body: {} })
  await Promise.all(
    ids(64).map(async (webhookId) => {
      const path = { ...application, webhookId }
      await run(core, 'putWebhook', { path, body: { url: 'https://merchant.example/' } })
      await run(core, 'rotateWebhookSecret', { path })
      await run(core, 'rotateWebhookSecret', { path })
    }),
  )
}

function signLarge(core: Core, signal = never) {
  const body = { webhookIds: ids(64), payload: large }
  return run(core, 'signForWebhooks', { path: { applicationId: 'app_1' }, body, signal })
}

test('a fan-out of 64 MiB yields the thread to other work between slices', async () => {
  const core = await open()
  await provision(core)
  let isDone = false as boolean
  const fanOut = signLarge(core).finally(() => (isDone = true))
  let turns = 0
  for (; !isDone; turns++) await nextTurn()
  expect((await fanOut).body?.match(/v1,\S{44} v1,\S{44}"/g)).toHaveLength(64)
  expect(turns).toBeGreaterThan(20)
})

test('an aborted fan-out stops before its next slice', async () => {
  const core = await open()
  await provision(core)
  const controller = new AbortController()
  const reason = new Error('the caller has gone')
  const fanOut = signLarge(core, controller.signal)
  for (let turn = 0; turn < 5; turn++) await nextTurn()
  controller.abort(reason)
  await expect(fanOut).rejects.toBe(reason)
})

test("one application's fan-out does not wait for all the fan-outs of another application", async () => {
  const core = await open()
  const finished: string[] = []
  const fanOut = async (applicationId: string, webhooks: number) => {
    await run(core, 'signForWebhooks', {
      path: { applicationId },
      body: { webhookIds: ids(webhooks), payload: '' },
    })
    finished.push(applicationId)
  }
  // On PostgreSQL, this opens the connections: dozens of fan-outs finish on an open one while another is being opened.
  await Promise.all(['app_1', 'app_2', 'app_3', 'app_4'].map((id) => fanOut(id, 2)))
  finished.length = 0
  const hostile = Array.from({ length: 100 }, () => fanOut('hostile', 64))
  await Promise.all([...hostile, fanOut('bystander', 2)])
  expect(finished.indexOf('bystander')).toBeLessThan(20)
})
