import { execFile } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { mainOf, root } from './contenders.ts'
import { environment } from './environment.ts'

/** The data in a database before the benchmark. */
export interface Content {
  webhooks: number
  /** The number of keys per webhook, and how many of them are live. */
  keysEach: number
  liveEach: number
}

/** Creates Rekey's tables and fills them. @param program the Rekey whose tables they are */
export async function fill(
  url: string,
  { webhooks, keysEach, liveEach }: Content,
  program = mainOf(root),
): Promise<void> {
  await runNode([program, 'migrate'], url)
  const content = [webhooks, keysEach, liveEach].map(String)
  await runNode([join(import.meta.dirname, 'seed.ts'), ...content], url)
}

/** Migrates a database of the previous release to this version. */
export async function migrate(url: string): Promise<void> {
  await runNode([mainOf(root), 'migrate'], url)
}

/**
 * Runs a program on a database.
 * @param more environment variables in addition to those of every contender
 * @returns its standard output
 */
export async function runNode(
  args: string[],
  url: string,
  more: Record<string, string> = {},
): Promise<string> {
  const env = { PATH: process.env['PATH'], ...environment, DATABASE_URL: url, ...more }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 100_000_000 })
  return stdout
}

/** Copies a SQLite file. Overwrites an earlier copy of the same name. @returns the copy's URL */
export function copyOf(file: string, name: string): string {
  const copy = `${file}.${name}`
  for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true })
  copyFileSync(file, copy)
  return `sqlite:${copy}`
}

/** Creates an empty database on a PostgreSQL server, in which every client finds Rekey's tables. @returns its URL */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.query(`alter database ${name} set search_path = rekey`)
  await client.end()
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
