import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import type { SigningSecret } from '../../domain/signing-secret.ts'
import { RekeyError } from '../../errors.ts'
import { listLiveSealedKeys, listSealedKeys, type SealedKey } from '../../store/tables/sealed-keys.ts'
import type { Queries } from '../../store/store.ts'
import { webhookExists } from '../../store/tables/webhooks.ts'
import type { OperationContext } from './operation.ts'

/**
 * Limits how many keys a verification tries. A webhook can have tens of thousands of keys that ended within a day;
 * trying 100 costs no noticeable time.
 */
const maxOpened = 100

/** A key with its secret in plaintext. */
export interface UnsealedKey {
  key: SigningKey
  secret: SigningSecret
}

type OpenKeys = [UnsealedKey, ...UnsealedKey[]]

/**
 * Reads and unseals the live keys, newest first. Reads the database each time, so a revocation applies from the next
 * signature on every instance.
 * @throws RekeyError `notFound`, or `conflict` if the webhook was never rotated
 */
export function unsealLiveKeys(owner: KeyOwner, now: number, context: OperationContext): Promise<OpenKeys> {
  return open(owner, (queries) => listLiveSealedKeys(queries, owner, now), context)
}

/** Like unsealLiveKeys, plus the keys that ended after `since`. Of more than 100 keys, returns those that end last. */
export function unsealKeys(owner: KeyOwner, since: number, context: OperationContext): Promise<OpenKeys> {
  return open(owner, (queries) => listSealedKeys(queries, owner, since, maxOpened), context)
}

async function open(
  owner: KeyOwner,
  list: (queries: Queries) => Promise<SealedKey[]>,
  { store, keyring, signal }: OperationContext,
): Promise<OpenKeys> {
  const [newest, ...others] = await store.read(async (queries) => {
    const keys = await list(queries)
    if (keys.length === 0 && !(await webhookExists(queries, owner))) throw new RekeyError('notFound')
    return keys
  }, signal)
  if (!newest) {
    throw new RekeyError('conflict', {
      message: 'This webhook has no signing secret yet. Rotate it once to issue one.',
    })
  }
  const withSecret = ({ key, sealed }: SealedKey) => ({
    key,
    secret: keyring.unseal(sealed, { ...owner, keyId: key.id }),
  })
  return [withSecret(newest), ...others.map(withSecret)]
}
