import { ConfigError } from '../config/config-error.ts'
import type { Keyring } from '../domain/sealing.ts'
import { listSealingKids } from '../store/tables/sealing.ts'
import type { Store } from '../store/store.ts'

/**
 * Checks that the keyring has every encryption key that sealed a stored secret. An instance that lacks one may have
 * been given another database's keys, and would seal secrets that the other instances cannot unseal.
 * @throws ConfigError if the encryption key of a stored secret is missing
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
      `REKEY_ENCRYPTION_KEYS must include every key that sealed a stored secret; add the key with kid ${missing.join(', ')}`,
    ])
  }
}
