import { ConfigError } from '../config/config-error.ts'
import type { Keyring } from '../domain/sealing.ts'
import { listSealingKids } from '../store/tables/sealing.ts'
import type { Store } from '../store/store.ts'

/**
 * Whoever is about to seal secrets for a database has to have the keys of those that are there: what another key
 * seals, none of the servers on it could open.
 * @throws ConfigError if a secret is stored that none of the keys opens
 */
export async function checkEncryptionKeys(
  store: Store,
  keyring: Keyring,
  signal: AbortSignal,
): Promise<void> {
  const kids = await store.read(listSealingKids, signal)
  const missing = kids.filter((kid) => !keyring.has(kid))
  if (missing.length > 0) {
    throw new ConfigError([
      `REKEY_ENCRYPTION_KEYS lacks ${missing.join(', ')}, which stored secrets are sealed with`,
    ])
  }
}
