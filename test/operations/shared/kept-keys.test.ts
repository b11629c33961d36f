import { expect, test, vi } from 'vitest'
import { KeptKeys } from '../../../src/operations/shared/kept-keys.ts'
import type { WebhookKeys } from '../../../src/store/tables/live-keys.ts'

function webhook(...ends: (number | null)[]): WebhookKeys {
  const keys = ends.map((expiresAt, index) => ({
    ...{ id: `key_${index}`, generation: index, fingerprint: '', sealed: 'sealed' },
    expiresAt,
  }))
  return { scheme: { name: 'standard-webhooks', header: null }, keys }
}

/** A database whose version the test sets. */
function create(version: number | null = 1) {
  const store = { at: version, version: vi.fn(() => store.at) }
  const kept = new KeptKeys(store)
  /** Reads keys. @returns whether they were read from the database */
  const read = async (
    ids: readonly string[],
    { application = 'app', time = 0, keys = webhook(null) } = {},
  ) => {
    const fromDatabase = vi.fn(() => Promise.resolve(new Map(ids.map((id) => [id, keys]))))
    expect((await kept.read(application, ids, time, fromDatabase)).size).toBe(ids.length)
    return fromDatabase.mock.calls.length > 0
  }
  return { store, kept, read }
}

test('keys are kept until a process commits to the database', async () => {
  const { store, kept, read } = create()
  expect(await read(['hook_1', 'hook_2'])).toBe(true)
  expect(await read(['hook_2', 'hook_1'])).toBe(false)
  store.at = 2
  expect(await read(['hook_1'])).toBe(true)
  expect(await read(['hook_1'])).toBe(false)
  expect(await read(['hook_2'])).toBe(true)
  kept.clear()
  expect(await read(['hook_1'])).toBe(true)
})

test('keys that were read while a process committed to the database are not used again', async () => {
  for (const isNoticed of [false, true]) {
    const { store, kept, read } = create()
    await read(['other'])
    await kept.read('app', ['hook'], 0, async () => {
      store.at = 2
      if (isNoticed) expect(await read(['other'])).toBe(true)
      return new Map([['hook', webhook(null)]])
    })
    expect(await read(['hook'])).toBe(true)
  }
})

test('the database is asked for its version only where that decides whether to read', async () => {
  const { store, read } = create()
  await read(['hook'])
  await read(['unknown', 'hook'])
  expect(store.version).toHaveBeenCalledTimes(1)
  await read(['hook'])
  expect(store.version).toHaveBeenCalledTimes(2)
})

test('keys of one application are not those of another, and unknown webhooks are read each time', async () => {
  const { kept, read } = create()
  await read(['hook'])
  expect(await read(['hook'], { application: 'other' })).toBe(true)
  for (let call = 0; call < 2; call++) {
    const fromDatabase = vi.fn(() => Promise.resolve(new Map([['hook', webhook(null)]])))
    await kept.read('app', ['hook', 'unknown'], 0, fromDatabase)
    expect(fromDatabase).toHaveBeenCalledTimes(1)
  }
})

test('keys are read again once one of them has ended, and if the clock was set back', async () => {
  for (const [time, isRead] of [
    [999, true],
    [1_000, false],
    [2_999, false],
    [3_000, true],
  ] as const) {
    const { read } = create()
    await read(['hook'], { time: 1_000, keys: webhook(null, 5_000, 3_000) })
    expect([time, await read(['hook'], { time })]).toEqual([time, isRead])
  }
})

test('nothing is kept on a database that has no version', async () => {
  const { read } = create(null)
  await read(['hook'])
  expect(await read(['hook'])).toBe(true)
})

test('at most 16,384 keys are kept, where a webhook counts as one more', async () => {
  const { read } = create()
  const ids = Array.from({ length: 8_192 }, (_, index) => `hook_${index}`)
  await read(ids.slice(0, 5_000))
  await read(ids.slice(0, 5_001))
  await read(ids.slice(5_001))
  expect(await read(ids)).toBe(false)
  await read(['one more'])
  expect(await read(['one more'])).toBe(true)
  expect(await read(ids)).toBe(false)
})
