import { randomInt } from 'node:crypto'
import { onTestFailed } from 'vitest'

export interface Random {
  /** An integer from 0 up to, but not including, `limit`. */
  below: (limit: number) => number
  pick: <T>(items: readonly T[]) => T
}

/**
 * Creates a source of random choices that depend only on a seed. A failed test prints its seed. Setting FAULT_SEED to
 * this seed repeats the choices, but not the timing between processes.
 */
export function seededRandom(): Random {
  const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 32))
  onTestFailed(() => {
    console.log(`set FAULT_SEED=${seed} to repeat these choices`)
  })
  let state = seed
  // The mulberry32 algorithm.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] }
}
