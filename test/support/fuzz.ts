import fc from 'fast-check'

/** Shorter than a test's patience, so that a failure is told with what was shrunk until then. */
const shrinkMs = 120_000

/** Whether all cases are tried: what is said of them together holds only then. */
export const isWholeSearch = process.env['FAST_CHECK'] === undefined

/** How long a test of generated cases may take, in milliseconds. */
export const fuzzTimeoutMs = 150_000

/**
 * How many cases a property is tried with. A failure prints the seed and path of its counterexample; given
 * back, they run it alone, and a greater `numRuns` searches longer:
 * `FAST_CHECK='{"seed":-1,"path":"7:0"}' npx vitest run test/contract -t putWebhook`.
 */
export function fuzzParameters<T>(numRuns: number): fc.Parameters<T> {
  return {
    numRuns,
    plugins: [fc.interruptAfterTimeLimit(shrinkMs, { failOnInterrupt: true }) as fc.Plugin<T>],
    ...(JSON.parse(process.env['FAST_CHECK'] ?? '{}') as fc.Parameters<T>),
  }
}
