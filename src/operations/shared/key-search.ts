import type { KeyState } from '../../domain/signing-key.ts'
import type { Queries } from '../../store/store.ts'
import type { KeyBounds, KeyPlace, KeyRange } from '../../store/tables/key-ranges.ts'
import { findScanEnd, listKeyPlaces, type KeyConditions } from '../../store/tables/listed-keys.ts'
import { keyClasses } from '../../store/tables/signing-key-rows.ts'

export interface KeySearch {
  applications: readonly string[] | '*'
  /** The values that the hash of a secret may have in the database; null for any secret. */
  hashes: readonly { sha256: string; guessable: boolean }[] | null
  state: KeyState | undefined
  unproven: boolean
  /** Milliseconds since 1970; null for any time. */
  createdBefore: number | null
  /** The last key of the previous page; null for the first page. */
  after: KeyPlace | null
  limit: number
  /** Milliseconds since 1970. */
  now: number
}

export interface FoundKeys {
  places: KeyPlace[]
  /** The last place that was searched; null if there is nothing after it. */
  searchedUpTo: KeyPlace | null
}

/**
 * Maximum number of applications of which each is searched by itself. A caller with more searches the keys of all
 * applications, because merging thousands of lists would take too long.
 */
const maxApplications = 4

/**
 * Finds one page of keys, oldest first. The time that it takes depends neither on the number of keys nor on how many of
 * them match. Searches for which no index has exactly the right keys examine a limited number of them, so that a page
 * may be short although more keys match.
 */
export async function searchKeys(queries: Queries, search: KeySearch): Promise<FoundKeys> {
  const { applications, hashes, after, createdBefore, limit, now } = search
  const { classes, expired } = classesOf(search)
  if (classes.length === 0 || applications.length === 0 || hashes?.length === 0)
    return { places: [], searchedUpTo: null }
  const isWide = applications === '*' || applications.length > maxApplications
  const ranges = hashes ?? rangesOf(classes, isWide ? [null] : applications)
  const isExact = !hashes && expired === null && (applications === '*' || !isWide)
  const bounds: KeyBounds = { after, upTo: null, createdBefore }
  const conditions = isExact ? null : { applications, classes, expired, now }
  const upTo = conditions && (await findScanEnd(queries, ranges, bounds))
  const found = await listKeyPlaces(queries, ranges, { ...bounds, upTo }, limit + 1, conditions)
  const places = found.slice(0, limit)
  return { places, searchedUpTo: found.length > limit ? (places.at(-1) ?? null) : upTo }
}

function rangesOf(classes: readonly number[], applications: readonly (string | null)[]): KeyRange[] {
  return classes.flatMap((ofClass) => applications.map((applicationId) => ({ ofClass, applicationId })))
}

const allClasses: readonly number[] = Object.values(keyClasses)

/** Returns the classes that have the wanted keys, and whether keys in the class `ending` must have expired. */
function classesOf({ state, unproven }: KeySearch): Pick<KeyConditions, 'classes' | 'expired'> {
  const { classes, expired } = state === undefined ? { classes: allClasses, expired: null } : ofState[state]
  return {
    classes: unproven ? classes.filter((ofClass) => ofClass === keyClasses.unproven) : classes,
    expired,
  }
}

const ofState: Record<KeyState, Pick<KeyConditions, 'classes' | 'expired'>> = {
  current: { classes: [keyClasses.unproven, keyClasses.proven], expired: null },
  previous: { classes: [keyClasses.ending], expired: false },
  expired: { classes: [keyClasses.ending, keyClasses.erased], expired: true },
  revoked: { classes: [keyClasses.revoked], expired: null },
}
