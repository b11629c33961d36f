import fc from 'fast-check'

/** Shorter than the test timeout, so a failure is reported with the smallest counterexample found by then. */
const shrinkMs = 120_000

/** Whether all cases run. Assertions about all of them together are valid only then. */
export const isWholeSearch = process.env['FAST_CHECK'] === undefined

/** The timeout of a test of generated cases. */
export const fuzzTimeoutMs = 150_000

/**
 * Parameters for testing a property with `numRuns` cases. A failure prints the seed and path of its counterexample.
 * FAST_CHECK takes them to run that case alone, or a larger `numRuns` to search longer:
 * `FAST_CHECK='{"seed":-1,"path":"7:0"}' npx vitest run test/contract -t putWebhook`.
 */
export function fuzzParameters<T>(numRuns: number): fc.Parameters<T> {
  return {
    numRuns,
    plugins: [fc.interruptAfterTimeLimit(shrinkMs, { failOnInterrupt: true }) as fc.Plugin<T>],
    ...(JSON.parse(process.env['FAST_CHECK'] ?? '{}') as fc.Parameters<T>),
  }
}
