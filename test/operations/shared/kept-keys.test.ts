import { expect, test } from 'vitest'
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
  const store = { at: version, version: () => store.at }
  const kept = new KeptKeys(store)
  const keep = (application: string, ids: readonly string[], time = 0, found = webhook(null)) =>
    kept.keep(application, time, () => Promise.resolve(new Map(ids.map((id) => [id, found]))))
  return { store, kept, keep }
}

test('keys are kept until a process commits to the database', async () => {
  const { store, kept, keep } = create()
  const read = await keep('app', ['hook_1', 'hook_2'])
  expect(kept.find('app', ['hook_2', 'hook_1'], 0)).toEqual(read)
  store.at = 2
  expect(kept.find('app', ['hook_1'], 0)).toBeNull()
  store.at = 1
  expect(kept.find('app', ['hook_1'], 0)).toBeNull()
})

test('keys that were read while a process committed to the database are not kept', async () => {
  const { store, kept } = create()
  await kept.keep('app', 0, () => {
    store.at = 2
    expect(kept.find('other', ['hook'], 0)).toBeNull()
    return Promise.resolve(new Map([['hook', webhook(null)]]))
  })
  expect(kept.find('app', ['hook'], 0)).toBeNull()
})

test('keys of one application are not those of another, and unknown webhooks are read each time', async () => {
  const { kept, keep } = create()
  await keep('app', ['hook'])
  expect(kept.find('other', ['hook'], 0)).toBeNull()
  expect(kept.find('app', ['hook', 'unknown'], 0)).toBeNull()
})

test('keys are read again once one of them has ended, and if the clock was set back', async () => {
  const { kept, keep } = create()
  await keep('app', ['hook'], 1_000, webhook(null, 5_000, 3_000))
  expect([999, 1_000, 2_999, 3_000].map((time) => kept.find('app', ['hook'], time) !== null)).toEqual([
    false,
    true,
    true,
    false,
  ])
})

test('nothing is kept on a database that has no version', async () => {
  const { kept, keep } = create(null)
  await keep('app', ['hook'])
  expect(kept.find('app', ['hook'], 0)).toBeNull()
})

test('at most 16,384 keys are kept, where a webhook counts as one more', async () => {
  const { kept, keep } = create()
  const ids = Array.from({ length: 8_192 }, (_, index) => `hook_${index}`)
  for (const some of [ids.slice(0, 5_000), ids.slice(0, 5_000), ids.slice(5_000)]) await keep('app', some)
  expect(kept.find('app', ids, 0)?.size).toBe(8_192)
  await keep('app', ['one more'])
  expect(kept.find('app', ['hook_0'], 0)).toBeNull()
  expect(kept.find('app', ['one more'], 0)?.size).toBe(1)
})
