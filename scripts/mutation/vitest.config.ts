import { defineConfig } from 'vitest/config'

/**
 * Runs only the tests written for the mutated code, so that a mutant that only other tests detect counts as undetected.
 */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    globalSetup: 'test/support/run-folder.ts',
    include: ['test/domain/**/*.test.ts', 'test/http/authentication/*.test.ts', 'test/config/*.test.ts'],
  },
})
