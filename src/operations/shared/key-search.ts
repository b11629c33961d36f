import type { Queries } from '../../store/store.ts'
import {
  findExaminedEnd,
  listInRanges,
  listInSet,
  type KeyConditions,
  type KeySet,
} from '../../store/tables/key-places.ts'
import type { KeyBounds, KeyPlace, KeyRange } from '../../store/tables/key-ranges.ts'
import { listSealingKids } from '../../store/tables/sealing.ts'

export interface KeySearch extends KeyConditions {
  /** The values that the hash of a secret may have in the database; null for any secret. */
  hashes: readonly { sha256: string; guessable: boolean }[] | null
  /** Milliseconds since 1970; null for any time. */
  createdBefore: number | null
  /** The last key of the previous page; null for the first page. */
  after: KeyPlace | null
  limit: number
}

export interface FoundKeys {
  places: KeyPlace[]
  /** The last place that was searched; null if there is nothing after it. */
  searchedUpTo: KeyPlace | null
}

/** Maximum number of applications whose keys are read and sorted. */
const maxApplications = 16

/**
 * Finds one page of keys, oldest first. How long that takes depends neither on the number of keys nor on how many of
 * them match. If no index has exactly the wanted keys in order, it examines a limited number of keys, so that a page may
 * be short although more keys match.
 */
export async function searchKeys(queries: Queries, search: KeySearch): Promise<FoundKeys> {
  const { applications, hashes, state, unproven, after, createdBefore, limit } = search
  const bounds: KeyBounds = { after, upTo: null, createdBefore }
  const isOfOther = unproven && state !== undefined && state !== 'current'
  if (isOfOther || applications.length === 0 || hashes?.length === 0)
    return { places: [], searchedUpTo: null }
  const set = hashes ? null : setOf(search)
  const listed = set && (await listInSet(queries, set, bounds, limit + 1, search))
  if (listed) return toFound(listed, limit, null)

  const ofCurrent = unproven ? [{ proven: false }] : [{ proven: false }, { proven: true }]
  // With conditions, PostgreSQL might sort all current keys: until it has analyzed their index, it expects few.
  const isCurrent = applications === '*' && (unproven || state === 'current')
  const ranges: readonly KeyRange[] = hashes ?? (isCurrent ? ofCurrent : await allKeys(queries))
  const isExact = !hashes && applications === '*' && (isCurrent || state === undefined)
  const upTo = isExact ? null : await findExaminedEnd(queries, ranges, bounds)
  const conditions = isExact ? null : search
  return toFound(await listInRanges(queries, ranges, { ...bounds, upTo }, limit + 1, conditions), limit, upTo)
}

/** Returns a set that is probably small and has all wanted keys, or null. */
function setOf({ applications, state, unproven, now }: KeySearch): KeySet | null {
  if (state === 'previous') return { overlappingAt: now }
  if (applications === '*' || applications.length > maxApplications) return null
  return { applications, current: unproven || state === 'current' }
}

/** Returns the ranges that together have all keys. */
async function allKeys(queries: Queries): Promise<KeyRange[]> {
  const kids = await listSealingKids(queries)
  return [null, ...kids].map((sealedBy) => ({ sealedBy }))
}

/** @param found up to one place more than a page has */
function toFound(found: KeyPlace[], limit: number, upTo: KeyPlace | null): FoundKeys {
  const places = found.slice(0, limit)
  return { places, searchedUpTo: found.length > limit ? (places.at(-1) ?? null) : upTo }
}
