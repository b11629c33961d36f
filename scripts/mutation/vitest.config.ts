import { defineConfig } from 'vitest/config'

/** Runs only the tests of the mutated code, because those tests must detect the mutants. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    globalSetup: 'test/support/run-folder.ts',
    include: ['test/domain/**/*.test.ts', 'test/http/authentication/*.test.ts', 'test/config/*.test.ts'],
  },
})
