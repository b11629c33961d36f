import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { Needles } from './needles.ts'

export type Place = 'database file' | 'write-ahead log' | 'PostgreSQL' | 'log'

/** A completed search. It records no result, because finding a secret fails the test. */
export interface Search {
  /** File name of the ledger that lists the secrets. */
  ledger: string
  /** The number of secrets searched for. */
  secrets: number
  place: Place
  bytes: number
}

/** Path of the file in which a run records its searches, as JSON lines. */
export function searchesFile(): string {
  return join(inject('runFolder'), 'searches.jsonl')
}

/** Path of the file in which a run records the secrets returned by servers that use this folder, one per line. */
export function ledgerOf(folder: string): string {
  return join(inject('runFolder'), `${basename(folder)}.ledger`)
}

/**
 * Searches a database, including SQLite's write-ahead log, for every secret that the folder's servers or commands
 * issued.
 * @throws Error if the database contains a secret in any encoding
 */
export async function searchDatabase(url: string, folder: string): Promise<void> {
  if (secretsOf(folder).length === 0) return
  if (!url.startsWith('sqlite:')) {
    search(folder, 'PostgreSQL', await rowsOf(url))
    return
  }
  const file = url.slice('sqlite:'.length)
  if (!existsSync(dirname(file))) return
  for (const name of readdirSync(dirname(file)).filter((other) => other.startsWith(basename(file)))) {
    if (name.endsWith('-shm')) continue
    search(
      folder,
      name.endsWith('-wal') ? 'write-ahead log' : 'database file',
      readFileSync(join(dirname(file), name)),
    )
  }
}

/** Searches a log for every secret that the folder's servers or commands issued. @throws Error like `searchDatabase` */
export function searchLog(log: string, folder: string): void {
  if (secretsOf(folder).length > 0) search(folder, 'log', Buffer.from(log))
}

function search(folder: string, place: Place, haystack: Buffer): void {
  const secrets = secretsOf(folder)
  const found = findSecrets(secrets, haystack)
  const noted: Search = {
    ledger: basename(ledgerOf(folder)),
    secrets: secrets.length,
    place,
    bytes: haystack.length,
  }
  appendFileSync(searchesFile(), `${JSON.stringify(noted)}\n`)
  // The error must not contain the secret either.
  if (found.length > 0) throw new Error(`issued secrets are in the ${place}: ${found.join(', ')}`)
}

/** Returns the index, encoding and offset of each secret found. */
export function findSecrets(secrets: readonly string[], haystack: Buffer): string[] {
  const needles = new Needles()
  for (const [index, secret] of secrets.entries())
    for (const [form, bytes] of formsOf(secret)) needles.add(bytes, `secret ${index} ${form}`)
  return [...needles.in(haystack)].map(([name, offset]) => `${name} at byte ${offset}`)
}

function formsOf(secret: string): [form: string, bytes: Buffer][] {
  if (/^wh(sec|sk)_/.test(secret)) return formsOfBytes(secret)
  const forms = formsOfText(secret)
  // The database identifies an invitation by the SHA-256 of its token, which has 256 random bits.
  return secret.startsWith('rki_') ? forms.filter(([form]) => !form.startsWith('as SHA-256')) : forms
}

/** Includes the SHA-256, because it lets a reader guess a secret that someone chose. */
function formsOfText(secret: string): [form: string, bytes: Buffer][] {
  const text = Buffer.from(secret)
  const sha256 = createHash('sha256').update(text).digest()
  return [
    ['as text', text],
    ['in base64', Buffer.from(text.subarray(0, 15).toString('base64'))],
    ['in hexadecimal', Buffer.from(text.toString('hex'))],
    ['as SHA-256 in hexadecimal', Buffer.from(sha256.toString('hex'))],
    ['as SHA-256 in its bytes', sha256],
  ]
}

function formsOfBytes(secret: string): [form: string, bytes: Buffer][] {
  const encoded = secret.slice(secret.indexOf('_') + 1).replace(/=+$/, '')
  const key = Buffer.from(encoded, 'base64')
  const forms: [string, Buffer][] = [
    ['in base64', Buffer.from(encoded)],
    ['in base64url', Buffer.from(key.toString('base64url'))],
    ['in hexadecimal', Buffer.from(key.toString('hex'))],
    // A multiple of three bytes, so the base64 text does not depend on the bytes that follow.
    ['in base64 twice', Buffer.from(Buffer.from(secret).subarray(0, 48).toString('base64'))],
    ['in its bytes', key],
  ]
  // Tests import secrets made of one repeated byte, whose raw bytes look like padding in a database page.
  return new Set(key).size > 1 ? forms : forms.slice(0, 2)
}

/**
 * Returns the secrets that the folder's servers returned or that commands wrote to files in the folder. Adds the latter
 * to the ledger.
 */
function secretsOf(folder: string): string[] {
  const ledger = ledgerOf(folder)
  const noted = readLines(ledger)
  const written = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => !name.startsWith('rekey.db') && statSync(join(folder, name)).isFile())
        .flatMap((name) => readFileSync(join(folder, name), 'utf8').match(/whsec_[\w+/]{32,}={0,2}/g) ?? [])
    : []
  const added = [...new Set(written)].filter((secret) => !noted.includes(secret))
  if (added.length > 0) appendFileSync(ledger, added.map((secret) => `${secret}\n`).join(''))
  return [...new Set([...noted, ...added])]
}

/** Reads a file's lines, except empty ones. @returns an empty array if the file does not exist */
export function readLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
}

/** Reads every row of every table as text. */
async function rowsOf(url: string): Promise<Buffer> {
  const client = new pg.Client({ connectionString: url, query_timeout: 30_000 })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    const parts: string[] = []
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`)
      parts.push(...rows.map(({ row }) => row))
    }
    return Buffer.from(parts.join('\n'))
  } finally {
    await client.end()
  }
}
