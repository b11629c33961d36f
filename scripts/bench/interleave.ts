import { progress } from './progress.ts'

/** A measurement that takes turns with others. */
export interface Turn<T> {
  name: string
  measure: () => Promise<T>
}

/**
 * Runs all measurements once per round, so other load on the machine affects them equally. The first round is a
 * warm-up and does not count.
 * @returns the samples of each measurement by name, in the order of the rounds
 */
export async function interleave<T>(
  what: string,
  rounds: number,
  turns: Turn<T>[],
): Promise<Record<string, T[]>> {
  const measured = Object.fromEntries(turns.map(({ name }) => [name, [] as T[]]))
  for (let round = 0; round <= rounds; round++) {
    for (const { name, measure } of turns) {
      progress(`${what}: ${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}, ${name}`)
      const sample = await measure()
      if (round > 0) measured[name]?.push(sample)
    }
  }
  return measured
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return (low + high) / 2
}
