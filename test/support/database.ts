import { join } from 'node:path'
import { CompiledQuery } from 'kysely'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Queries, Scope, Store } from '../../src/store/store.ts'
import { exampleEnvironment } from './environment.ts'
import { searchDatabase } from './secret-search.ts'

/** Whether this run of a test is the one on PostgreSQL. */
export const onPostgres = (inject('postgresUrl') as string | undefined) !== undefined

/** Whether databases and temporary folders stay after a test, to be looked at: docs/debugging.md. */
export const keepsDatabases = process.env['KEEP_DATABASES'] !== undefined

/**
 * A database that is empty, of the kind that this run is about, as DATABASE_URL has it. After the test it is
 * searched for the secrets that were handed out, and gone.
 */
export async function newDatabase(folder: string): Promise<string> {
  const url = await emptyDatabase(folder)
  onTestFinished(() => searchDatabase(url, folder))
  return url
}

async function emptyDatabase(folder: string): Promise<string> {
  if (!onPostgres) return `sqlite:${join(folder, 'rekey.db')}`
  const name = `rekey_${process.pid}_${databases++}`
  await administrate(`create database ${name} strategy file_copy`)
  onTestFinished(async () => {
    if (keepsDatabases) console.log(`kept ${name}`)
    else await administrate(`drop database ${name} with (force)`)
  })
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  return url.href
}

let databases = 0

async function administrate(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** A store on the database, closed after the test. */
export async function openDatabase(url: string): Promise<Store> {
  const store = await openStore(readConfig({ ...exampleEnvironment, DATABASE_URL: url }).database)
  onTestFinished(() => store.close())
  return store
}

/** Runs queries as a process beside the server would. */
export async function withDatabase<T>(url: string, work: (queries: Queries) => Promise<T>): Promise<T> {
  const store = await openStore(readConfig({ ...exampleEnvironment, DATABASE_URL: url }).database)
  try {
    return await store.write(null, work, AbortSignal.timeout(10_000))
  } finally {
    await store.close()
  }
}

/**
 * Keeps every write about a webhook waiting, as another process that writes about it would.
 * @returns how to let them go on
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

/** Runs a statement. @returns how many rows it changed */
export function execute(url: string, statement: string): Promise<number> {
  return withDatabase(url, async (queries) => {
    const { numAffectedRows } = await queries.executeQuery(CompiledQuery.raw(statement))
    return Number(numAffectedRows ?? 0)
  })
}

const tables = ['applications', 'webhooks', 'signing_keys', 'idempotency_records', 'events', 'rate_limits']

/** Every row of every table. */
export async function allRows(queries: Queries): Promise<unknown[]> {
  const results = []
  for (const table of tables)
    results.push(await queries.executeQuery(CompiledQuery.raw(`select * from ${table}`)))
  return results.flatMap(({ rows }) => rows)
}
