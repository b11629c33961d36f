import { existsSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { TestProject } from 'vitest/node'
import { readConfig } from '../../src/config/read-config.ts'
import { openStore } from '../../src/store/open-store.ts'
import { exampleEnvironment } from './environment.ts'
import { administrate, databaseUrl } from './postgres-client.ts'
import { startPostgres } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a PostgreSQL server, with a user who can create databases; unset if the tests run on SQLite. */
    postgresUrl: string
    /** Name of a database on that server that has Rekey's tables, all empty. */
    postgresTemplate: string
  }
}

/**
 * Provides the PostgreSQL server that all tests of a run share: the server at TEST_POSTGRES_URL, if set, or a new
 * server. The URL's user must be able to create databases.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_POSTGRES_URL']
  const server = given
    ? undefined
    : await startPostgres({ fsync: 'off' }, { parent: scratchFolder(), initdbOptions: cheapLogins })
  const url = server?.url ?? given ?? ''
  const template = `rekey_template_${process.pid}`
  await administrate(url, `create database ${template}`)
  await migrate(databaseUrl(url, template))
  project.provide('postgresUrl', url)
  project.provide('postgresTemplate', template)
  return server?.remove ?? (() => administrate(url, `drop database ${template}`))
}

/** Checks of a password take a fifth of the time that a test needs for its database. */
const cheapLogins = ['--set', 'scram_iterations=1']

/**
 * Returns a folder in memory if it has room for the databases, otherwise the temporary folder. Creating the files of a
 * database takes ext4 up to 20 times as long.
 */
function scratchFolder(): string {
  const memory = '/dev/shm'
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > 2 ** 31 ? memory : tmpdir()
}

async function migrate(url: string): Promise<void> {
  const store = await openStore(readConfig({ ...exampleEnvironment, DATABASE_URL: url }).database)
  try {
    await store.migrate()
  } finally {
    await store.close()
  }
}
