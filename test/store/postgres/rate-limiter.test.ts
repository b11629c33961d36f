import { expect, test } from 'vitest'
import { newDatabase, openDatabase, execute } from '../../support/database.ts'
import { temporaryFolder } from '../../support/server.ts'

const limit = { points: 2, duration: 60, keyPrefix: 'test' }

async function openTwo() {
  const url = await newDatabase(temporaryFolder())
  const stores = [await openDatabase(url), await openDatabase(url)] as const
  await stores[0].migrate()
  const [one, other] = stores.map((store) => store.rateLimiter(limit))
  if (!one || !other) throw new Error('two stores have two limiters')
  return { url, one, other }
}

test('two instances share the count, which restarts at 0 when the window ends', async () => {
  const { url, one, other } = await openTwo()
  expect([await one('a'), await other('a')]).toEqual([null, null])
  for (const count of [one, other]) {
    const waitMs = await count('a')
    expect(waitMs).toBeGreaterThan(50_000)
    expect(waitMs).toBeLessThanOrEqual(60_000)
  }
  expect(await other('b')).toBeNull()
  await execute(url, 'update rate_limits set expire = 1')
  expect([await one('a'), await other('a')]).toEqual([null, null])
  expect(await one('a')).toBeGreaterThan(50_000)
})

test('deletes the rows of windows that have ended', async () => {
  const { url, one } = await openTwo()
  await execute(url, "insert into rate_limits (key, points, expire) values ('test:old', 7, 1)")
  await one('a')
  await expect.poll(() => execute(url, "update rate_limits set points = 7 where key = 'test:old'")).toBe(0)
  expect(await execute(url, "update rate_limits set points = 7 where key = 'test:a'")).toBe(1)
})

test('counts in memory while counting in PostgreSQL fails', async () => {
  const { url, one, other } = await openTwo()
  await execute(url, 'alter table rate_limits rename to elsewhere')
  expect([await one('a'), await one('a')]).toEqual([null, null])
  expect(await one('a')).toBeGreaterThan(50_000)
  expect(await other('a')).toBeNull()
})
