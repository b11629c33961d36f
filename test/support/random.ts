import { randomInt } from 'node:crypto'
import { onTestFailed } from 'vitest'

export interface Random {
  /** A whole number from 0 to below `limit`. */
  below: (limit: number) => number
  pick: <T>(items: readonly T[]) => T
}

/**
 * Chance that can be had again: by a seed, printed if the test fails, that FAULT_SEED sets. What
 * processes do at the same time it does not repeat.
 */
export function seededRandom(): Random {
  const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 32))
  onTestFailed(() => {
    console.log(`FAULT_SEED=${seed} makes the same choices again`)
  })
  let state = seed
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] }
}
