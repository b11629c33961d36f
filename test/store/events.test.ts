import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chain, type EventType } from '../../src/domain/audit.ts'
import { insertEvents, listKeyChanges } from '../../src/store/events.ts'
import { newDatabase, openDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/server.ts'

const signal = AbortSignal.timeout(20_000)

/** A trail of these events, the first of them a second after 1970, and each a second after the one before. */
async function trail(types: EventType[], webhookId = 'hook') {
  const store = await openDatabase(await newDatabase(join(temporaryFolder(), 'data')))
  await store.migrate()
  for (const id of [webhookId, 'other']) {
    const events: ReturnType<typeof chain>[] = []
    for (const [i, type] of types.entries()) {
      const happening = {
        type,
        at: (i + 1) * 1000,
        actor: null,
        reason: null,
        requestId: null,
        endedKeys: [],
      }
      events.push(chain({ applicationId: 'app', webhookId: id }, { ...happening, key: null }, events.at(-1)))
    }
    await store.write(null, (queries) => insertEvents(queries, events), signal)
  }
  return async (since: number, limit = 10) => {
    const owner = { applicationId: 'app', webhookId }
    const changes = await store.read((queries) => listKeyChanges(queries, owner, since, limit), signal)
    return changes.map(({ sequence }) => sequence)
  }
}

test('the changes of keys are listed from the last one before a time on, and nothing else that happened', async () => {
  const changes = await trail([
    'webhook.created',
    'secret.rotated',
    'receiver.probed',
    'secret.rotated',
    'secret.previous_revoked',
    'webhook.updated',
    'webhook.deleted',
    'webhook.created',
  ])
  expect(await changes(0)).toEqual([2, 4, 5, 7])
  expect(await changes(1999)).toEqual([2, 4, 5, 7])
  expect(await changes(2000)).toEqual([2, 4, 5, 7])
  expect(await changes(3999)).toEqual([2, 4, 5, 7])
  expect(await changes(4000)).toEqual([4, 5, 7])
  expect(await changes(6000)).toEqual([5, 7])
  expect(await changes(9000)).toEqual([7])
  expect(await changes(0, 2)).toEqual([5, 7])
})

test('a webhook whose keys never changed, or that there is not, has no changes of keys', async () => {
  expect(await (await trail(['webhook.created', 'webhook.updated']))(0)).toEqual([])
  expect(await (await trail([]))(0)).toEqual([])
})

test('changes are found behind any number of probes', async () => {
  const probes = Array.from({ length: 5_000 }, () => 'receiver.probed' as const)
  const changes = await trail([
    'webhook.created',
    'secret.rotated',
    ...probes.slice(1),
    'secret.rotated',
    ...probes.slice(-5),
  ])
  expect(await changes(0)).toEqual([2, 5_002])
})
