import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    // Tests wait for databases, processes and clocks more than they compute. The default is one less than
    // there are cores.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    globalSetup: 'test/support/run-folder.ts',
    // Where a thread finds what it runs without types, as one of a server does. Otherwise each takes them away itself,
    // with WebAssembly, and V8 may crash where isolates come and go with that (nodejs/node#64500).
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/rekey') },
    projects: [
      {
        extends: true,
        test: {
          name: 'rekey',
          include: ['test/**/*.test.ts'],
          exclude: ['test/after-run/**', 'test/generators/**', 'test/package/**'],
          // Not 0, which on few cores comes after every other number.
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Everything that depends on the database, once more on PostgreSQL.
        extends: true,
        test: {
          name: 'postgres',
          include: [
            'test/{operations,contract,store,commands}/**/*.test.ts',
            'test/core/sweep.test.ts',
            'test/http/{limits/failed-authentications,limits/slow-requests,monitoring/metrics,response/error-response}.test.ts',
          ],
          exclude: [
            'test/store/sqlite.test.ts',
            'test/contract/{breaking-changes,document,reference-page,responses}.test.ts',
            'test/commands/start.test.ts',
          ],
          globalSetup: 'test/support/postgres-server.ts',
          sequence: { groupOrder: 2 },
        },
      },
      {
        // `npm run test:generators`: these install what only they need.
        extends: true,
        test: {
          name: 'generators',
          include: ['test/{generators,package}/*.test.ts'],
          sequence: { groupOrder: 3 },
        },
      },
      {
        // What is said of the whole run, once it is over.
        extends: true,
        test: { name: 'after-run', include: ['test/after-run/*.test.ts'], sequence: { groupOrder: 4 } },
      },
    ],
  },
})
