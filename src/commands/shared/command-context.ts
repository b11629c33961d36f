import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config, Environment } from '../../config/config.ts'
import { readConfig } from '../../config/read-config.ts'
import { Keyring } from '../../domain/sealing.ts'
import { openStore } from '../../store/open-store.ts'
import type { Store } from '../../store/store.ts'
import { withDevelopmentKeys } from './development-keys.ts'

/** What a command works with. */
export interface CommandContext {
  config: Config
  store: Store
  keyring: Keyring
  /** A signal for one read or write, which aborts when it takes longer than a request may. */
  deadline: () => AbortSignal
}

/**
 * Opens the database that the environment names, runs `work`, and closes it.
 * @throws Error if there is none: a command that makes one where it looks would find nothing wrong with it
 */
export async function withStore<T>(
  environment: Environment,
  work: (workplace: CommandContext) => Promise<T>,
): Promise<T> {
  const config = readConfig(withDevelopmentKeys(environment))
  const { database } = config
  if (database.kind === 'sqlite' && !existsSync(database.file))
    throw new Error(`there is no database at ${resolve(database.file)}; DATABASE_URL says where it is`)
  return withStoreOf(config, work)
}

/** The same, where the database may yet have to be made. */
export async function withStoreOrNew<T>(
  environment: Environment,
  work: (workplace: CommandContext) => Promise<T>,
): Promise<T> {
  return withStoreOf(readConfig(withDevelopmentKeys(environment)), work)
}

async function withStoreOf<T>(config: Config, work: (workplace: CommandContext) => Promise<T>): Promise<T> {
  const store = await openStore(config.database)
  try {
    const deadline = () => AbortSignal.timeout(config.requestTimeoutMs)
    return await work({ config, store, keyring: new Keyring(config.encryptionKeys), deadline })
  } finally {
    await store.close()
  }
}
