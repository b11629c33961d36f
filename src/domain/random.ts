import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(4_096)
let used = pool.length

/**
 * Random bytes for what is no secret, such as ids and initialization vectors. They are drawn from the operating
 * system's random source many at a time, since a draw takes longer than all else about an id. A secret is drawn
 * by itself, so that no memory holds one before it exists.
 * @throws RangeError if the length is over 4096
 */
export function publicRandomBytes(length: number): Buffer {
  if (length > pool.length) throw new RangeError(`${length} bytes are more than are drawn at once`)
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += length
  // A copy, which the next draw does not change.
  return Buffer.from(pool.subarray(used - length, used))
}
