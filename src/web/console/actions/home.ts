import type { Client } from '../../../client/client.ts'
import { eventsRead, failureTypes } from '../attention.ts'
import type { Age } from '../route.ts'
import type { FeedEvent, KeyList, ListedKey } from '../state.ts'

const pageSize = 100

/** How many pages the home reads of one list at most, so that it stays quick however many keys there are. */
const maxPages = 10

type KeyQuery = { state: 'current' | 'previous'; createdBefore?: string } | { lost: true }

/** Creates the requests of the home. None depends on another, so that each section can fail alone. */
export function createHomeRequests(client: Client) {
  /** Lists keys until there are enough. A page can be empty although more follow. */
  async function listKeys(filter: KeyQuery, enough: number, signal: AbortSignal): Promise<KeyList> {
    const keys: ListedKey[] = []
    const query: KeyQuery & { limit: number; cursor?: string } = { ...filter, limit: pageSize }
    for (let page = 0; page < maxPages && keys.length < enough; page += 1) {
      const { items, nextCursor } = (await client.GET('/keys', { params: { query }, signal })).data
      keys.push(...items)
      if (nextCursor === null) return { keys, isComplete: true }
      query.cursor = nextCursor
    }
    return { keys, isComplete: false }
  }

  async function listEvents(type: (typeof failureTypes)[number], signal: AbortSignal): Promise<FeedEvent[]> {
    const query = { type, order: 'newest', limit: eventsRead } as const
    return (await client.GET('/events', { params: { query }, signal })).data.items
  }

  return {
    /** Reads as many as it may, because the list is sorted by the keys' ages and not by their ends. */
    previousKeys: (signal: AbortSignal) => listKeys({ state: 'previous' }, Infinity, signal),

    dueKeys: (olderThan: Age) => (signal: AbortSignal) => {
      const createdBefore = new Date(Date.now() - olderThan * 86_400_000).toISOString()
      return listKeys({ state: 'current', createdBefore }, 10, signal)
    },

    lostKeys: (signal: AbortSignal) => listKeys({ lost: true }, 10, signal),

    failedEvents: async (signal: AbortSignal) => {
      return (await Promise.all(failureTypes.map((type) => listEvents(type, signal)))).flat()
    },

    hasApplication: async (signal: AbortSignal) => {
      const { data } = await client.GET('/applications', { params: { query: { limit: 1 } }, signal })
      return data.items.length > 0 || data.nextCursor !== null
    },
  }
}
