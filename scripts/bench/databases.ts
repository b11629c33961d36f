import { execFile } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { environment } from './environment.ts'

/** The data in a database before the benchmark. */
export interface Content {
  webhooks: number
  /** The number of keys per webhook, and how many of them are live. */
  keysEach: number
  liveEach: number
}

export async function fill(url: string, { webhooks, keysEach, liveEach }: Content): Promise<void> {
  const args = [webhooks, keysEach, liveEach].map(String)
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'seed.ts'), ...args], {
    env: { PATH: process.env['PATH'], ...environment, DATABASE_URL: url },
  })
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
