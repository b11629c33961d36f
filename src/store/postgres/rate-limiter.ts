import pg from 'pg'
import { EventCounts } from '../../event-counts.ts'
import type { RateLimit, RateLimiter } from '../store.ts'
import { withTimeout } from './pg-internals.ts'

/**
 * Time limit for counting an event in PostgreSQL. When it expires, the process counts in its own memory and drops the
 * connection.
 */
const countTimeoutMs = 2_000
const clearIntervalMs = 60_000

/** SQL expression for the server's time in milliseconds since 1970. The clocks of the instances may differ. */
const now = '(extract(epoch from statement_timestamp()) * 1000)::bigint'

/** Runs a query on a connection of the pool. */
type RunQuery = (query: pg.QueryConfig) => Promise<pg.QueryResult>

/** Counts in the table `rate_limits`, which all instances share, or in this process's memory while that fails. */
export function createRateLimiter(
  runQuery: RunQuery,
  schema: string,
  { keyPrefix, ...limit }: RateLimit,
): RateLimiter {
  const table = `${pg.escapeIdentifier(schema)}.rate_limits`
  const count = `
    insert into ${table} as counted (key, points, expire) values ($1, 1, ${now} + $2)
    on conflict (key) do update set
      points = case when counted.expire <= ${now} then 1 else counted.points + 1 end,
      expire = case when counted.expire <= ${now} then excluded.expire else counted.expire end
    returning points, expire - ${now} as "waitMs"`
  const fallback = new EventCounts(limit)
  let nextClear = 0
  return async (key) => {
    if (performance.now() >= nextClear) {
      nextClear = performance.now() + clearIntervalMs
      // A failure does no harm, because deleting expired counts only saves space.
      runQuery(timed({ text: `delete from ${table} where expire < ${now}` })).catch(() => undefined)
    }
    const query = { text: count, values: [`${keyPrefix}:${key}`, limit.duration * 1_000] }
    try {
      const { rows } = await runQuery(timed(query))
      const [{ points, waitMs }] = rows as [{ points: number; waitMs: number }]
      return points > limit.points ? waitMs : null
    } catch {
      return fallback.count(key)
    }
  }
}

function timed(query: pg.QueryConfig): pg.QueryConfig {
  return withTimeout(query, countTimeoutMs)
}
