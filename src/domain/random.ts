import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(4_096)
let used = pool.length

/**
 * Returns random bytes for values that are not secret, such as IDs and initialization vectors. They come from a pool,
 * because asking the operating system takes longer than everything else about an ID. Secrets must not come from here:
 * the pool would hold them in memory before they exist.
 * @throws RangeError if the length is over 4096
 */
export function publicRandomBytes(length: number): Buffer {
  if (length > pool.length)
    throw new RangeError(`${length} bytes were requested, and at most ${pool.length} are allowed`)
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += length
  // Copied, because a refill overwrites the pool.
  return Buffer.from(pool.subarray(used - length, used))
}
