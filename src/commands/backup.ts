import { closeSync, fsyncSync, lstatSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { DatabaseLocation, Environment } from '../config/config.ts'
import { copyDatabase } from '../store/sqlite/copy-database.ts'
import { checkDatabaseExists } from './shared/command-context.ts'
import { loadConfig } from './shared/load-config.ts'
import { newEncryptionKeys, newJwtSecret } from './shared/new-keys.ts'
import { UsageError } from './shared/options.ts'
import { flushFolder } from './shared/own-file.ts'
import { createProgress } from './shared/progress.ts'

export const usage = `Usage: rekey backup FILE

Copies the SQLite database to a new file with mode 600. Servers can keep running. The copy has every rotation
that returned before the command started. The secrets in it stay sealed, so keep REKEY_ENCRYPTION_KEYS too,
in another place. The command itself needs only DATABASE_URL.

FILE appears only once the copy is complete, verified and on disk. After a restore, \`rekey audit verify\`
must print the numbers of "chains" and "events" that this command printed.

For PostgreSQL, use pg_dump instead.
`

export async function run(environment: Environment, args: string[]): Promise<void> {
  const [file] = args
  if (args.length !== 1 || file === undefined || file.startsWith('-'))
    throw new UsageError('pass the name of one file to create: `rekey backup FILE`')
  const database = await loadDatabaseLocation(environment)
  if (database.kind === 'postgres')
    throw new Error(
      'DATABASE_URL names a PostgreSQL database, and this command copies only SQLite. Set PGHOST, PGUSER, PGDATABASE ' +
        `and PGPASSFILE, then run \`pg_dump --format=custom --no-owner --file=${file}\``,
    )
  checkDatabaseExists(database)
  process.stdout.write(`${JSON.stringify({ file, ...(await backUp(database.file, file)) })}\n`)
}

/** A backup needs no keys, so their variables have no effect. */
async function loadDatabaseLocation({
  DATABASE_URL,
  DATABASE_URL_FILE,
}: Environment): Promise<DatabaseLocation> {
  const unused = { REKEY_ENCRYPTION_KEYS: newEncryptionKeys(), REKEY_JWT_SECRET: newJwtSecret() }
  const { config } = await loadConfig({ DATABASE_URL, DATABASE_URL_FILE, ...unused })
  return config.database
}

/** Copies the database into a new folder next to `file`, then moves the complete copy to `file`. */
async function backUp(database: string, file: string) {
  checkIsNew(file)
  // A stopped command removes its folder too.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const parent = dirname(resolve(file))
  const folder = newFolder(join(parent, '.rekey-backup-'))
  process.once('exit', () => {
    rmSync(folder, { recursive: true })
  })
  const target = join(folder, 'rekey.db')
  const descriptor = openSync(target, 'wx', 0o600)
  const progress = createProgress('pages copied')
  const content = await copyDatabase(database, {
    target,
    onProgress: (done, total) => {
      progress.show(done, total)
    },
  })
  progress.end()
  fsyncSync(descriptor)
  closeSync(descriptor)
  checkIsNew(file)
  renameSync(target, file)
  flushFolder(parent)
  return content
}

function newFolder(prefix: string): string {
  try {
    return mkdtempSync(prefix)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Error(`cannot write to the folder ${dirname(prefix)} (${code}); create it or choose another`, {
      cause,
    })
  }
}

function checkIsNew(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })) throw new Error(`${file} exists; choose another name`)
}
