import { ConfigError } from '../config/config-error.ts'
import type { Keyring } from '../domain/sealing.ts'
import { listSealingKids } from '../store/tables/sealing.ts'
import type { Store } from '../store/store.ts'

/**
 * Checks that the keyring has every key that sealed a stored secret. A server without one of them may have been given
 * the keys of another database, and would seal secrets that the other servers cannot unseal.
 * @throws ConfigError if the key of a stored secret is missing
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
      `REKEY_ENCRYPTION_KEYS must include every key that sealed a stored secret; add ${missing.join(', ')}`,
    ])
  }
}
