import { defineConfig } from 'vitest/config'

/** Only the tests of the mutated code: these must kill the mutants. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    globalSetup: 'test/support/run-folder.ts',
    include: ['test/domain/**/*.test.ts', 'test/http/authentication/*.test.ts', 'test/config/*.test.ts'],
  },
})
