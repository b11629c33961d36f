import type pg from 'pg'
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterAbstract } from 'rate-limiter-flexible'
import type { RateLimit } from '../store.ts'
import type { DatabaseClock } from './database-clock.ts'
import { withTimeout } from './pg-internals.ts'

/**
 * Time limit for counting a rate-limited event in PostgreSQL. When it expires, the process counts in its own memory and
 * drops the connection.
 */
const countTimeoutMs = 2_000
/** Every time in milliseconds since 1970 is greater, and every number of points is less. */
const leastTime = 1e12

/**
 * Creates a rate limiter whose counts all instances share. The limiter sends times of this machine's clock and expects
 * such times back. The table has times of the server's clock: otherwise, an instance whose clock is ahead would start
 * windows that end long after those of the other instances.
 */
export function createRateLimiter(
  pool: pg.Pool,
  clock: DatabaseClock,
  limit: RateLimit,
): RateLimiterAbstract {
  const query = async ({ values = [], ...others }: pg.QueryConfig<unknown[]>) => {
    const aheadMs = Date.now() - clock.now()
    const inServerTime = values.map((value) =>
      typeof value === 'number' && value > leastTime ? value - aheadMs : value,
    )
    const timed = withTimeout({ ...others, values: inServerTime }, countTimeoutMs)
    const result = await pool.query<{ points: number; expire: number }>(timed)
    const rows = result.rows.map((row) => ({ ...row, expire: row.expire + aheadMs }))
    return { ...result, rows }
  }
  return new RateLimiterPostgres({
    ...limit,
    storeClient: { query },
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    insuranceLimiter: new RateLimiterMemory(limit),
  })
}
