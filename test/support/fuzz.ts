import fc from 'fast-check'

/** A search stops after this time, before the test times out, to report the smallest counterexample found so far. */
const shrinkMs = 120_000

/** Whether all cases run. If FAST_CHECK selects cases, assertions about all cases together do not apply. */
export const isWholeSearch = process.env['FAST_CHECK'] === undefined

/** Timeout for tests that use `fuzzParameters`. */
export const fuzzTimeoutMs = 150_000

/**
 * Returns fast-check parameters for a property with `numRuns` cases. A failure prints the counterexample's seed and
 * path. Put both in FAST_CHECK to run that case alone, or put a larger `numRuns` there to search longer:
 * `FAST_CHECK='{"seed":-1,"path":"7:0"}' npx vitest run test/contract -t putWebhook`.
 */
export function fuzzParameters<T>(numRuns: number): fc.Parameters<T> {
  return {
    numRuns,
    plugins: [fc.interruptAfterTimeLimit(shrinkMs, { failOnInterrupt: true }) as fc.Plugin<T>],
    ...(JSON.parse(process.env['FAST_CHECK'] ?? '{}') as fc.Parameters<T>),
  }
}
