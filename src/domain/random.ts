import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(4_096)
let used = pool.length

/**
 * Returns random bytes for public values, such as IDs and initialization vectors. The bytes come from a pool, because
 * reading them from the operating system takes longer than the rest of creating an ID. Never use them for secrets: the
 * pool would keep a secret's bytes in memory before the secret exists.
 * @throws RangeError if the length is over 4096
 */
export function publicRandomBytes(length: number): Buffer {
  if (length > pool.length)
    throw new RangeError(`cannot draw ${length} bytes at once; the maximum is ${pool.length}`)
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += length
  // Copied, because a refill overwrites the pool.
  return Buffer.from(pool.subarray(used - length, used))
}
