import fc from 'fast-check'

/** Stops a search before the test times out, so a failure reports the smallest counterexample found by then. */
const shrinkMs = 120_000

/** Whether every case runs. Assertions about the cases as a whole are valid only then. */
export const isWholeSearch = process.env['FAST_CHECK'] === undefined

/** Timeout for tests that use `fuzzParameters`. */
export const fuzzTimeoutMs = 150_000

/**
 * Returns fast-check parameters for a property with `numRuns` cases. A failure prints the counterexample's seed and
 * path. Set FAST_CHECK to them to run that case alone, or to a larger `numRuns` to search longer:
 * `FAST_CHECK='{"seed":-1,"path":"7:0"}' npx vitest run test/contract -t putWebhook`.
 */
export function fuzzParameters<T>(numRuns: number): fc.Parameters<T> {
  return {
    numRuns,
    plugins: [fc.interruptAfterTimeLimit(shrinkMs, { failOnInterrupt: true }) as fc.Plugin<T>],
    ...(JSON.parse(process.env['FAST_CHECK'] ?? '{}') as fc.Parameters<T>),
  }
}
