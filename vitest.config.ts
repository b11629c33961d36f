import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    globalSetup: 'test/support/run-folder.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'rekey',
          include: ['test/**/*.test.ts'],
          exclude: ['test/closing/**'],
          // Not 0, which on few cores comes after every other number.
          sequence: { groupOrder: 1 },
        },
      },
      {
        // What is said of the whole run, once it is over.
        extends: true,
        test: { name: 'closing', include: ['test/closing/*.test.ts'], sequence: { groupOrder: 2 } },
      },
    ],
  },
})
