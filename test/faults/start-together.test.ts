import { expect, test } from 'vitest'
import { productionEnvironment } from '../support/crash.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { provisionWebhooks } from '../support/provision.ts'
import { serve } from '../support/serve.ts'
import { temporaryFolder } from '../support/server.ts'

const postgres = ownPostgres()

test.each([
  ['SQLite', () => Promise.resolve(`sqlite:${temporaryFolder()}/rekey.db`)],
  ['PostgreSQL', () => postgres.newDatabase()],
])(
  'four servers that start at once on an empty database all serve requests, and exactly one migrates it (%s)',
  { timeout: 60_000 },
  async (_, newDatabase) => {
    const environment = productionEnvironment(await newDatabase())
    const cwd = temporaryFolder()
    const servers = await Promise.all([1, 2, 3, 4].map(() => serve(cwd, environment)))
    const migrated = servers.filter((server) => server.output().includes('database migrated'))
    expect(migrated).toHaveLength(1)
    await Promise.all(servers.map(({ origin }) => provisionWebhooks(origin, 3)))
    expect(await Promise.all(servers.map((server) => server.stop('SIGTERM')))).toEqual([0, 0, 0, 0])
  },
)
