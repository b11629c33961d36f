import { join } from 'node:path'
import { CompiledQuery, PostgresAdapter } from 'kysely'
import { inject, onTestFinished } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Queries, Scope, Store } from '../../src/store/store.ts'
import { exampleEnvironment } from './environment.ts'
import { administrate, databaseUrl } from './postgres-client.ts'
import { searchDatabase } from './secret-search.ts'

/** Whether the test is running on PostgreSQL instead of SQLite. */
export const onPostgres = (inject('postgresUrl') as string | undefined) !== undefined

/** Whether to keep databases and temporary folders after a test for debugging (docs/debugging.md). */
export const keepsDatabases = process.env['KEEP_DATABASES'] !== undefined

/**
 * Creates an empty database, on SQLite or PostgreSQL as the run requires. After the test, searches it for issued
 * secrets and removes it.
 * @returns its DATABASE_URL
 */
export function newDatabase(folder: string): Promise<string> {
  return createDatabase(folder, 'template1')
}

/** Like `newDatabase`, but a database on PostgreSQL has Rekey's tables already, which makes it twice as fast. */
export function preparedDatabase(folder: string): Promise<string> {
  return createDatabase(folder, inject('postgresTemplate'))
}

async function createDatabase(folder: string, template: string): Promise<string> {
  const url = onPostgres ? await copyTemplate(template) : `sqlite:${join(folder, 'rekey.db')}`
  onTestFinished(() => searchDatabase(url, folder))
  return url
}

async function copyTemplate(template: string): Promise<string> {
  const server = inject('postgresUrl')
  const name = `rekey_${process.pid}_${databases++}`
  await administrate(server, `create database ${name} template ${template} strategy file_copy`)
  onTestFinished(async () => {
    if (keepsDatabases) console.log(`kept ${name}`)
    else await administrate(server, `drop database ${name} with (force)`)
  })
  return databaseUrl(server, name)
}

let databases = 0

/** Opens a store on the database, and closes it when the test ends. */
export async function openDatabase(url: string): Promise<Store> {
  const store = await openStore(readConfig({ ...exampleEnvironment, DATABASE_URL: url }).database)
  onTestFinished(() => store.close())
  return store
}

/** Runs `work` in a transaction of a separate store, as another process would. */
export async function withDatabase<T>(url: string, work: (queries: Queries) => Promise<T>): Promise<T> {
  const store = await openStore(readConfig({ ...exampleEnvironment, DATABASE_URL: url }).database)
  try {
    return await store.write(null, work, AbortSignal.timeout(10_000))
  } finally {
    await store.close()
  }
}

/**
 * Blocks every write to the scope, as a write from another process would.
 * @returns a function that stops blocking
 */
export async function holdWrites(url: string, scope: Scope): Promise<() => Promise<void>> {
  const store = await openDatabase(url)
  const held = Promise.withResolvers<undefined>()
  const begun = Promise.withResolvers<undefined>()
  const write = store.write(
    scope,
    async () => {
      begun.resolve(undefined)
      await held.promise
    },
    AbortSignal.timeout(15_000),
  )
  await begun.promise
  return async () => {
    held.resolve(undefined)
    await write
  }
}

/** Runs an SQL statement, in which table names need no schema. @returns the number of rows changed */
export function execute(url: string, statement: string): Promise<number> {
  return withDatabase(url, async (queries) => {
    await findUnqualifiedNames(queries)
    const { numAffectedRows } = await queries.executeQuery(CompiledQuery.raw(statement))
    return Number(numAffectedRows ?? 0)
  })
}

async function findUnqualifiedNames(queries: Queries): Promise<void> {
  if (queries.getExecutor().adapter instanceof PostgresAdapter)
    await queries.executeQuery(CompiledQuery.raw('set local search_path = rekey, public'))
}
