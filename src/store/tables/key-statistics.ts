import { sql, type SelectQueryBuilder } from 'kysely'
import type { Database } from '../schema.ts'
import type { Queries } from '../store.ts'
import { isProven, keyEnd } from './signing-key-rows.ts'

/** A summary of all keys and invitations. */
export interface KeyStatistics {
  /** Age in milliseconds of the current key that was created first; null if there is no current key. */
  oldestCurrentKeyAgeMs: number | null
  /** Number of previous keys that are live, at most `maxCount`. */
  openOverlaps: number
  /** Milliseconds until the first of these overlaps ends; null if there is none. */
  nextOverlapEndMs: number | null
  /** Number of self-ending overlaps whose last probe proved the receiver, at most `maxCount`. */
  provenOverlaps: number
  /** Number of all other self-ending overlaps, at most `maxCount`. */
  unprovenOverlaps: number
  /** Milliseconds until the first unproven self-ending overlap ends; null if there is none. */
  nextUnprovenEndMs: number | null
  /** Number of keys whose secret was erased before they expired or were revoked, at most `maxCount`. */
  lostSecrets: number
  /** Number of open invitations, at most `maxCount`. */
  openInvitations: number
}

/**
 * Maximum number of keys to count. After many rotations at once, counting every open overlap would keep the core's
 * thread busy for too long.
 */
const maxCount = 10_000

/**
 * Reads the statistics in one query. The conditions must match the indexes `signing_keys_current`,
 * `signing_keys_to_erase`, `signing_keys_erased`, `self_ending_overlaps_proven` and `rotation_invitations_open`, so that
 * the time does not depend on the number of keys.
 * @param now milliseconds since 1970
 */
export async function readKeyStatistics(queries: Queries, now: number): Promise<KeyStatistics> {
  const sealed = queries.selectFrom('signing_keys').where('sealed_secret', 'is not', null)
  const previous = sealed.where('expires_at', 'is not', null).where(keyEnd, '>', now)
  const lost = queries.selectFrom('signing_keys').where('sealed_secret', 'is', null).where(keyEnd, '>', now)
  /** Counts up to `maxCount` rows. They are ordered by their index, because PostgreSQL might otherwise scan the table. */
  const count = <Table extends keyof Database>(rows: SelectQueryBuilder<Database, Table, object>) =>
    queries
      .selectFrom(rows.limit(maxCount).as('counted'))
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .$asScalar()
      .$notNull()
  const byEnd = (keys: typeof lost) => keys.select(keyEnd.as('end')).orderBy(keyEnd)
  const openInvitations = queries
    .selectFrom('rotation_invitations')
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .select('expires_at')
    .orderBy('expires_at')
  const oldest = (proven: 0 | 1) =>
    sealed
      .where('expires_at', 'is', null)
      .where(isProven, '=', sql.lit(proven))
      .select(({ fn }) => fn.min<number | null>('created_at').as('at'))
  const selfEnding = (proven: 0 | 1) =>
    queries
      .selectFrom('self_ending_overlaps')
      .where('proven', '=', sql.lit(proven))
      .where('ends_at', '>', now)
  const countSelfEnding = (proven: 0 | 1) => count(selfEnding(proven).select('ends_at').orderBy('ends_at'))
  const row = await queries
    .selectNoFrom([
      oldest(0).as('oldestUnprovenAt'),
      oldest(1).as('oldestProvenAt'),
      previous.select(({ fn }) => fn.min<number | null>(keyEnd).as('at')).as('nextEnd'),
      count(byEnd(previous)).as('openOverlaps'),
      count(byEnd(lost)).as('lostSecrets'),
      count(openInvitations).as('openInvitations'),
      countSelfEnding(1).as('provenOverlaps'),
      countSelfEnding(0).as('unprovenOverlaps'),
      selfEnding(0)
        .select(({ fn }) => fn.min<number | null>('ends_at').as('at'))
        .as('nextUnprovenEnd'),
    ])
    .executeTakeFirstOrThrow()
  const oldestAt = Math.min(row.oldestUnprovenAt ?? Infinity, row.oldestProvenAt ?? Infinity)
  return {
    oldestCurrentKeyAgeMs: oldestAt === Infinity ? null : now - oldestAt,
    openOverlaps: row.openOverlaps,
    nextOverlapEndMs: row.nextEnd === null ? null : row.nextEnd - now,
    provenOverlaps: row.provenOverlaps,
    unprovenOverlaps: row.unprovenOverlaps,
    nextUnprovenEndMs: row.nextUnprovenEnd === null ? null : row.nextUnprovenEnd - now,
    lostSecrets: row.lostSecrets,
    openInvitations: row.openInvitations,
  }
}
