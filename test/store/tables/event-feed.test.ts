import { expect, test } from 'vitest'
import { appendEvent } from '../../../src/store/tables/events.ts'
import { assignPositions, feedScope } from '../../../src/store/tables/event-feed.ts'
import { newDatabase, openDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/server.ts'

const owner = { applicationId: 'app_1', webhookId: 'hook_1' }
const happening = { type: 'webhook.updated', actor: null, reason: null, requestId: null } as const

test.each([1, 2])(
  'a database that finds event %i last still gives positions in the order of the chain',
  async (moved) => {
    const store = await openDatabase(await newDatabase(temporaryFolder()))
    await store.migrate()
    const rows = await store.write(
      feedScope,
      async (queries) => {
        for (const at of [1, 2, 3, 4])
          await appendEvent(queries, owner, { ...happening, at, key: null, endedKeys: [] })
        // Both databases find a row that was stored later after those that were stored before it.
        const events = queries.selectFrom('events').selectAll().where('sequence', '=', moved)
        const row = await events.executeTakeFirstOrThrow()
        await queries.deleteFrom('events').where('sequence', '=', moved).execute()
        await queries.insertInto('events').values(row).execute()
        for (let page = 0; page < 2; page++) await assignPositions(queries, 2)
        return queries.selectFrom('events').select(['sequence', 'position']).orderBy('position').execute()
      },
      AbortSignal.timeout(10_000),
    )
    expect(rows).toEqual([1, 2, 3, 4].map((sequence) => ({ sequence, position: sequence })))
  },
)
