import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const unit = [
  'test/{domain,config,store}/**/*.test.ts',
  'test/core/settled-clock.test.ts',
  'test/core/thread/{batched-port,serialized-error}.test.ts',
  'test/http/authentication/caller.test.ts',
  'test/http/request/parse-json.test.ts',
  'test/{event-counts,fair-gate,keyed-turns,logger,recent-map,trace-context}.test.ts',
  'test/operations/shared/{kept-keys,opened-keys,slices}.test.ts',
  'test/scripts/prose.test.ts',
]
const onPostgresOnly = ['test/store/postgres/{pg-internals,placement,rate-limiter}.test.ts']

export default defineConfig({
  test: {
    pool: 'forks',
    // Loads the server, and starts the browser, once for each worker instead of once for each file.
    isolate: false,
    // Tests mostly wait for databases, processes and clocks, so Vitest's default of one worker fewer than cores is too
    // low.
    maxWorkers: 3,
    // Many tests start processes, which takes long on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    globalSetup: 'test/support/run-folder.ts',
    // Threads share a cache of code whose types Node has stripped, as in a server. Without the cache, every thread
    // strips types with WebAssembly, and V8 may crash when isolates with WebAssembly start and stop
    // (nodejs/node#64500).
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/rekey') },
    projects: [
      {
        // `npm run test:unit`: tests that start no server.
        extends: true,
        test: {
          name: 'unit',
          include: unit,
          exclude: onPostgresOnly,
          // Not 0: on a machine with few cores, group 0 runs after all other groups.
          sequence: { groupOrder: 1 },
        },
      },
      {
        // `npm run test:api`: operations and HTTP, on SQLite.
        extends: true,
        test: {
          name: 'api',
          include: ['test/{operations,http,receiver}/**/*.test.ts'],
          exclude: unit,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // `npm run test:faults`: crashes, lost connections, floods, several instances.
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/*.test.ts'],
          isolate: true,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Everything else, on SQLite: commands, pages, contract, deployment.
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...unit,
            'test/{operations,http,receiver,faults,after-run,generators,package,receivers,store}/**',
          ],
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Everything that depends on the database, run again on PostgreSQL.
        extends: true,
        test: {
          name: 'postgres',
          include: [
            'test/{operations,contract,store,commands}/**/*.test.ts',
            'test/core/sweep.test.ts',
            'test/http/{key-sets/*,limits/failed-authentications,limits/slow-requests,monitoring/*,response/error-response}.test.ts',
          ],
          exclude: [
            'test/store/sqlite/*.test.ts',
            'test/store/postgres/{channel-bound-client,database-clock}.test.ts',
            'test/contract/{breaking-changes,document,patterns,reference-page,responses}.test.ts',
            'test/commands/{start,token,shared/did-you-mean,shared/load-config}.test.ts',
            'test/commands/rotate/{command-line,invitations-file,secrets-file}.test.ts',
          ],
          globalSetup: 'test/support/shared-postgres.ts',
          sequence: { groupOrder: 2 },
        },
      },
      {
        // `npm run test:generators`: these tests install their own packages.
        extends: true,
        test: {
          name: 'generators',
          include: ['test/{generators,package,receivers}/*.test.ts'],
          isolate: true,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // Checks that cover the whole run.
        extends: true,
        test: { name: 'after-run', include: ['test/after-run/*.test.ts'], sequence: { groupOrder: 4 } },
      },
    ],
  },
})
