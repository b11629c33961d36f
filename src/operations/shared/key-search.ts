import { findExaminedEnd, listInRanges, type KeyConditions } from '../../store/tables/key-places.ts'
import type { KeyBounds, KeyPlace, KeyRange } from '../../store/tables/key-ranges.ts'
import { findPlaceInApplication, listInApplication } from '../../store/tables/keys-of-application.ts'
import { listSealingKids } from '../../store/tables/sealing.ts'
import { findLaterEnd, listUnended, type UnendedKeys } from '../../store/tables/unended-keys.ts'
import type { OperationContext } from './operation.ts'
import { SlicedSearch, type FoundItems, type Searched } from './search-slices.ts'

export interface KeySearch extends KeyConditions {
  /** The values that the hash of a secret may have in the database; null for any secret. */
  hashes: readonly { sha256: string; guessable: boolean }[] | null
  /** Milliseconds since 1970; null for any time. */
  createdBefore: number | null
  /** The last key of the previous page; null for the first page. */
  after: KeyPlace | null
  limit: number
}

type FoundKeys = FoundItems<KeyPlace | null, KeyPlace>

/**
 * How long the queries of one page may take together, in milliseconds: those that gather all matching keys and, if that
 * takes too long, those that then search in order.
 */
const gatherMs = 20
const searchMs = 25
/** Maximum number of applications that are searched one by one. */
const maxApplications = 16

/**
 * Finds one page of keys, oldest first. If no index has exactly the wanted keys in order, it examines keys for a limited
 * time, so a page may be short although more keys match.
 */
export async function searchKeys(search: KeySearch, context: OperationContext): Promise<FoundKeys> {
  const { applications, hashes } = search
  if (isImpossible(search) || applications.length === 0 || hashes?.length === 0)
    return { items: [], next: null }
  const gathered = hashes ? null : await gather(search, context)
  return gathered ?? searchInOrder(search, context)
}

function isImpossible({ state, unproven, lost }: KeySearch): boolean {
  return (
    (unproven && (lost || (state !== undefined && state !== 'current'))) ||
    (lost && state !== undefined && state !== 'expired')
  )
}

function isOfCurrent({ state, unproven }: KeySearch): boolean {
  return unproven || state === 'current'
}

/**
 * Finds a page of a set of keys that is probably small, by reading all of them.
 * @returns null if there is no such set, or if it takes too long
 */
async function gather(search: KeySearch, context: OperationContext): Promise<FoundKeys | null> {
  const { applications, state, lost, after, createdBefore, limit, now } = search
  const sliced = new SlicedSearch(context.caller.identity, gatherMs, context)
  const bounds: KeyBounds = { after, upTo: null, createdBefore }
  let oldest: KeyPlace[] = []
  const add = (found: KeyPlace[]) => {
    oldest = [...oldest, ...found].sort(oldestFirst).slice(0, limit + 1)
    return true
  }
  const unended: UnendedKeys | null = lost ? 'lost' : state === 'previous' ? 'previous' : null
  if (unended) {
    const end = await sliced.run(
      (queries, place, rows) => findLaterEnd(queries, unended, place, rows),
      // Starts after every key that ends now.
      { end: now, createdAt: Number.MAX_SAFE_INTEGER, id: '' },
      async (queries, part) =>
        add(await listUnended(queries, unended, part, { bounds, applications, limit: limit + 1 })),
    )
    if (end !== null) return null
  } else {
    if (applications === '*' || applications.length > maxApplications) return null
    for (const id of applications) {
      const end = await sliced.run(
        (queries, place, rows) => findPlaceInApplication(queries, id, place, rows),
        { webhookId: '', generation: 0 },
        async (queries, part) =>
          add(await listInApplication(queries, id, part, { ...search, bounds, limit: limit + 1 })),
      )
      if (end !== null) return null
    }
  }
  const items = oldest.slice(0, limit)
  return { items, next: oldest.length > limit ? (items.at(-1) ?? null) : null }
}

/** Searches keys in the order of the list. */
async function searchInOrder(search: KeySearch, context: OperationContext): Promise<FoundKeys> {
  const { hashes, after, createdBefore, limit } = search
  const { ranges, isExact } = hashes ? { ranges: hashes, isExact: false } : await rangesOf(search, context)
  if (ranges.length === 0) return { items: [], next: null }
  const within = (after: KeyPlace | null, upTo: KeyPlace | null): KeyBounds => ({
    after,
    upTo,
    createdBefore,
  })
  const keys: Searched<KeyPlace | null, KeyPlace> = {
    findEnd: (queries, after, rows) =>
      isExact ? Promise.resolve(undefined) : findExaminedEnd(queries, ranges, within(after, null), rows),
    list: (queries, { after, upTo }, limit) =>
      listInRanges(queries, ranges, within(after, upTo ?? null), limit, isExact ? null : search),
    placeOf: (place) => place,
  }
  return new SlicedSearch(context.caller.identity, searchMs, context).page(keys, after, limit)
}

/** Returns ranges that together contain all wanted keys, and whether they contain no others. */
async function rangesOf(
  search: KeySearch,
  { store, signal }: OperationContext,
): Promise<{ ranges: KeyRange[]; isExact: boolean }> {
  const { applications, state, unproven, lost } = search
  if (isOfCurrent(search)) {
    const unprovenKeys = { proven: false }
    const ranges = unproven ? [unprovenKeys] : [unprovenKeys, { proven: true }]
    return { ranges, isExact: applications === '*' }
  }
  if (lost) return { ranges: [{ sealedBy: null }], isExact: false }
  const kids = await store.read(listSealingKids, signal)
  const sealed = kids.map((sealedBy) => ({ sealedBy }))
  // The secret of a previous key is never erased.
  if (state === 'previous') return { ranges: sealed, isExact: false }
  return { ranges: [{ sealedBy: null }, ...sealed], isExact: applications === '*' && state === undefined }
}

function oldestFirst(a: KeyPlace, b: KeyPlace): number {
  return a.createdAt - b.createdAt || (a.id === b.id ? 0 : a.id < b.id ? -1 : 1)
}
