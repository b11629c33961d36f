import { countIds, findIdAfter, listIds, type WebhookConditions } from '../../store/tables/listed-webhooks.ts'
import { listByKeyAge, type AgePlace } from '../../store/tables/webhooks-by-key-age.ts'
import type { FoundItems, Searched, SlicedSearch } from './search-slices.ts'

/** A webhook's place among those without a current key, which come after all others, sorted by ID. */
export interface KeylessPlace {
  id: string
  /**
   * When the list reached these webhooks, in milliseconds since 1970. A webhook that gets its first key after that keeps
   * its place, so that the list does not skip it.
   */
  since: number
}

/** Finds the IDs of a page of webhooks, sorted by ID. */
export function searchById(
  search: SlicedSearch,
  conditions: WebhookConditions,
  after: string,
  limit: number,
): Promise<FoundItems<string, string>> {
  return search.page(byId(conditions), after, limit)
}

/**
 * Finds the IDs of a page of webhooks, the oldest current key first, and webhooks without one last. Reads the live keys
 * of all the application's webhooks, because an index in this order would slow down every rotation.
 */
export async function searchByKeyAge(
  search: SlicedSearch,
  conditions: WebhookConditions,
  after: AgePlace | KeylessPlace | null,
  limit: number,
): Promise<FoundItems<AgePlace | KeylessPlace, string>> {
  const { state, createdBefore, now } = conditions
  const ids: string[] = []
  if (state !== 'no_secret' && (after === null || 'createdAt' in after)) {
    let oldest: AgePlace[] = []
    await search.run(
      byId(conditions).findEnd,
      '',
      async (queries, range) => {
        // Once there are enough for the page, only older keys matter.
        const ages = { after, upTo: oldest[limit]?.createdAt }
        const found = await listByKeyAge(queries, conditions, range, ages, limit + 1)
        oldest = [...oldest, ...found].sort(oldestFirst).slice(0, limit + 1)
        return true
      },
      true,
    )
    const shown = oldest.slice(0, limit)
    ids.push(...shown.map(({ id }) => id))
    if (oldest.length > limit) return { items: ids, next: shown.at(-1) ?? after }
    if (state === 'one_key' || createdBefore !== null) return { items: ids, next: null }
  }
  const { id, since } = after !== null && 'since' in after ? after : { id: '', since: now + 1 }
  const keyless = byId({ ...conditions, noKeyBefore: since })
  const { items, next } = await search.page(keyless, id, limit - ids.length)
  return { items: [...ids, ...items], next: next === null ? null : { id: next, since } }
}

/** Counts the webhooks that meet the conditions. @returns null if that takes too long */
export function countWebhooks(search: SlicedSearch, conditions: WebhookConditions): Promise<number | null> {
  return search.count(byId(conditions).findEnd, '', (queries, range) => countIds(queries, conditions, range))
}

function byId(conditions: WebhookConditions): Searched<string, string> {
  return {
    findEnd: (queries, after, rows) => findIdAfter(queries, conditions.applicationId, after, rows),
    list: (queries, range, limit) => listIds(queries, conditions, range, limit),
    placeOf: (id) => id,
  }
}

function oldestFirst(a: AgePlace, b: AgePlace): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)
}
