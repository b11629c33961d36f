import type { KeyOwner, SigningKey } from '../domain/signing-key.ts'
import type { SigningSecret } from '../domain/signing-secret.ts'
import { RekeyError } from '../errors.ts'
import { listSealedKeys, type SealedKey } from '../store/signing-keys.ts'
import { webhookExists } from '../store/webhooks.ts'
import type { OperationContext } from './operation.ts'

/**
 * Every key that signs, and as many of those that have ended as can be tried without anybody noticing:
 * a webhook may have tens of thousands of a day.
 */
const maxOpened = 100

/** A key with its secret in the open. */
export interface OpenKey {
  key: SigningKey
  secret: SigningSecret
}

/**
 * Reads and opens the keys that end after `since`, newest first, and of more than a hundred those that end
 * last. They are read anew every time, so that a revocation holds at the next signature, on every instance.
 * @throws RekeyError `notFound`, and `conflict` if the webhook was never rotated
 */
export async function openKeys(
  owner: KeyOwner,
  since: number,
  { store, keyring, signal }: OperationContext,
): Promise<[OpenKey, ...OpenKey[]]> {
  const [newest, ...others] = await store.read(async (queries) => {
    const keys = await listSealedKeys(queries, owner, since, maxOpened)
    if (keys.length === 0 && !(await webhookExists(queries, owner))) throw new RekeyError('notFound')
    return keys
  }, signal)
  if (!newest) {
    throw new RekeyError('conflict', {
      message: 'This webhook has no signing secret yet. Rotate it once to have one issued.',
    })
  }
  const open = ({ key, sealed }: SealedKey) => ({
    key,
    secret: keyring.open(sealed, { ...owner, keyId: key.id }),
  })
  return [open(newest), ...others.map(open)]
}
