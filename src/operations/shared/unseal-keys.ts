import type { KeyMaterial } from '../../domain/key-material.ts'
import type { Message, Scheme } from '../../domain/schemes/scheme.ts'
import { toScheme } from '../../domain/schemes/schemes.ts'
import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import { listSealedKeys, type SealedKey } from '../../store/tables/sealed-keys.ts'
import { listUnendedKeys } from '../../store/tables/signing-keys.ts'
import { webhookExists } from '../../store/tables/webhooks.ts'
import type { OperationContext } from './operation.ts'

/**
 * Maximum number of keys that unsealKeys returns. A webhook can accumulate tens of thousands of inactive keys in a day.
 * Trying 100 keys adds no noticeable latency to a verification; trying all of them would.
 */
const maxOpened = 100

/**
 * A key and its secret in plaintext. Reading `secret` unseals it each time, so that secrets that are not needed stay
 * sealed.
 */
export interface UnsealedKey {
  key: SigningKey
  readonly secret: KeyMaterial
}

/** Roughly how many bytes can be hashed in the time that unsealing a secret takes. */
const bytesPerKey = 8_192
/** Approximate cost of an Ed25519 signature as a multiple of HMAC-SHA256, for short and for long messages. */
const privateFactor = 8

/** A webhook's scheme and keys, newest first. */
interface OpenKeys {
  scheme: Scheme
  keys: [UnsealedKey, ...UnsealedKey[]]
}

/**
 * Estimates the work of signing a message with all of the keys, in bytes that HMAC-SHA256 could hash in the same
 * time. Includes the work of unsealing the keys.
 */
export function hashedBytes(
  { keyBytes }: Pick<Scheme, 'keyBytes'>,
  keys: readonly unknown[],
  { payload }: Message,
): number {
  return keys.length * (payload.length + bytesPerKey) * (keyBytes === 'private' ? privateFactor : 1)
}

/**
 * Builds the error for a webhook that has no secret to sign with.
 * @param erased the current key, if its secret was erased
 */
export function cannotSign(erased: Pick<SigningKey, 'fingerprint'> | undefined): RekeyError {
  return new RekeyError('conflict', {
    message: erased
      ? `The secret of the current key ${erased.fingerprint} was erased, so it cannot sign. Rotate to issue a new one.`
      : 'This webhook has no signing secret yet. Rotate it once to issue one.',
  })
}

/**
 * Reads a webhook's scheme, its live keys, and the keys that expired or were revoked after `since`. If there are more
 * than 100 keys, returns the 100 that stop signing last.
 * @throws RekeyError `notFound` if the webhook does not exist; `conflict` if it was never rotated, or if the secret of
 * its current key was erased
 */
export async function unsealKeys(
  owner: KeyOwner,
  since: number,
  { store, keyring, signal }: OperationContext,
): Promise<OpenKeys> {
  const [newest, ...others] = await store.read(async (queries) => {
    const [newest, ...others] = await listSealedKeys(queries, owner, since, maxOpened)
    if (newest?.key.expiresAt === null) return [newest, ...others] as const
    // If there is no current key, the webhook was never rotated, or the secret of its current key was erased.
    if (!(await webhookExists(queries, owner))) throw new RekeyError('notFound')
    const [current] = await listUnendedKeys(queries, owner, since)
    throw cannotSign(current?.secretErased ? current : undefined)
  }, signal)
  const withSecret = ({ key, sealed }: SealedKey) => ({
    key,
    get secret() {
      return keyring.unseal(sealed, { ...owner, keyId: key.id })
    },
  })
  return { scheme: toScheme(newest.scheme), keys: [withSecret(newest), ...others.map(withSecret)] }
}
