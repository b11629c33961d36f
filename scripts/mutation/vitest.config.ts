import { defineConfig } from 'vitest/config'

/** The tests that are about what is mutated: these kill a mutant, or nothing does. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    globalSetup: 'test/support/run-folder.ts',
    include: ['test/domain/**/*.test.ts', 'test/http/authentication/*.test.ts', 'test/config/*.test.ts'],
  },
})
