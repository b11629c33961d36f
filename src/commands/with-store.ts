import { readConfig, type Config, type Environment } from '../config.ts'
import { Keyring } from '../domain/sealing.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { withDevelopmentKeys } from './development-keys.ts'

/** What a command works with. */
export interface Workplace {
  config: Config
  store: Store
  keyring: Keyring
  /** A signal for one read or write, which aborts when it takes longer than a request may. */
  deadline: () => AbortSignal
}

/** Opens the database that the environment names, runs `work`, and closes it. */
export async function withStore<T>(
  environment: Environment,
  work: (workplace: Workplace) => Promise<T>,
): Promise<T> {
  const config = readConfig(withDevelopmentKeys(environment))
  const store = await openStore(config.database)
  try {
    const deadline = () => AbortSignal.timeout(config.requestTimeoutMs)
    return await work({ config, store, keyring: new Keyring(config.encryptionKeys), deadline })
  } finally {
    await store.close()
  }
}
