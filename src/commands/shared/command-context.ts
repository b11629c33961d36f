import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config, DatabaseLocation, Environment } from '../../config/config.ts'
import { Keyring } from '../../domain/sealing.ts'
import { openStore } from '../../store/open-store.ts'
import { networkFileSystemWarning } from '../../store/sqlite/network-file-system.ts'
import type { Store } from '../../store/store.ts'
import { loadConfig } from './load-config.ts'

export interface CommandContext {
  config: Config
  store: Store
  keyring: Keyring
  /** Returns a signal that aborts one read or write after the request timeout. */
  deadline: () => AbortSignal
}

/**
 * Opens the configured database, updates its schema, runs `work`, and closes the database. On PostgreSQL, the update also
 * reads the server's clock.
 * @throws Error if the SQLite file is missing, because the command would otherwise create an empty database and appear
 * to succeed
 */
export async function withStore<T>(
  environment: Environment,
  work: (workplace: CommandContext) => Promise<T>,
): Promise<T> {
  const { config } = await loadConfig(environment)
  checkDatabaseExists(config.database)
  return withStoreOf(config, async (workplace) => {
    await workplace.store.migrate()
    return work(workplace)
  })
}

/** @throws Error if the location is a SQLite file that does not exist */
export function checkDatabaseExists(database: DatabaseLocation): void {
  if (database.kind === 'sqlite' && !existsSync(database.file))
    throw new Error(`no database at ${resolve(database.file)}: set DATABASE_URL to its location`)
}

/** Like `withStore`, but creates a missing database, and leaves the update of its schema to `work`. */
export async function withStoreOrNew<T>(
  environment: Environment,
  work: (workplace: CommandContext) => Promise<T>,
): Promise<T> {
  const { config } = await loadConfig(environment)
  return withStoreOf(config, work)
}

async function withStoreOf<T>(config: Config, work: (workplace: CommandContext) => Promise<T>): Promise<T> {
  const store = await openStore(config.database)
  const warning = networkFileSystemWarning(config.database)
  if (warning) process.stderr.write(`rekey: ${warning}\n`)
  try {
    const deadline = () => AbortSignal.timeout(config.requestTimeoutMs)
    return await work({ config, store, keyring: new Keyring(config.encryptionKeys), deadline })
  } finally {
    await store.close()
  }
}
