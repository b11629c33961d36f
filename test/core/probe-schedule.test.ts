import { expect, onTestFinished, test } from 'vitest'
import { ProbeSchedule } from '../../src/core/probe-schedule.ts'
import { execute, openDatabase } from '../support/database.ts'
import { startServer } from '../support/server.ts'

test('starts at most 50 probes a second, even if they end at once', async () => {
  const { databaseUrl } = await startServer()
  await execute(databaseUrl, "insert into applications values ('app_1', 'App', 0, 0)")
  await execute(
    databaseUrl,
    `insert into webhooks (application_id, id, url, created_at, updated_at)
     with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 50)
     select 'app_1', 'hook_' || n, 'https://merchant.example/', 0, 0 from numbers`,
  )
  await execute(
    databaseUrl,
    `insert into self_ending_overlaps (application_id, webhook_id, key_id, started_at, ends_at, due_at)
     select application_id, id, 'none', 0, 0, 0 from webhooks`,
  )
  const starts: number[] = []
  const log = () => undefined
  const schedule = new ProbeSchedule({
    store: await openDatabase(databaseUrl),
    now: Date.now,
    intervalMs: 1_000,
    probe: () => {
      starts.push(performance.now())
      return Promise.resolve()
    },
    logger: { info: log, warn: log, error: log },
  })
  onTestFinished(() => schedule.stop())
  await expect.poll(() => starts.length, { timeout: 20_000 }).toBe(50)
  // A timer of 20 ms may fire up to 1 ms early.
  expect((starts[49] ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(49 * 19)
})
