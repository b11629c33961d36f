import type { components } from '../../../generated/types.ts'
import { chooseScheme, HeaderNotAllowed } from '../../domain/schemes/choose-scheme.ts'
import { schemes, type SchemeChoice, type SchemeName } from '../../domain/schemes/schemes.ts'
import { isLive, type KeyOwner } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import type { Queries } from '../../store/store.ts'
import { listUnendedKeys } from '../../store/tables/signing-keys.ts'

/**
 * Returns the scheme that a request to create or update a webhook asks for.
 * @throws RekeyError `badRequest` if the scheme does not allow the signature header
 */
export function requestedScheme(
  { signatureScheme: name, signatureHeader: header }: components['schemas']['WebhookInput'],
  stored: SchemeChoice | undefined,
): SchemeChoice {
  try {
    return chooseScheme({ name, header }, stored)
  } catch (error) {
    if (!(error instanceof HeaderNotAllowed)) throw error
    throw new RekeyError('badRequest', { message: `body/signatureHeader ${error.message}` })
  }
}

/**
 * Rejects a change to a scheme that cannot sign with each of the webhook's live keys.
 * @param settled a time that has certainly passed, because a key that expired after it may still be live
 * @throws RekeyError `conflict` if the webhook has a key and the change is to or from `ed25519`, or if a live key's
 * secret is not `whsec_` followed by base64, but the scheme decodes secrets
 */
export async function rejectUnfitKeys(
  queries: Queries,
  owner: KeyOwner,
  { before, after: name }: { before: SchemeName; after: SchemeName },
  settled: number,
): Promise<void> {
  const [keyBytes, keyBytesBefore] = [schemes[name].keyBytes, schemes[before].keyBytes]
  if (keyBytes === keyBytesBefore || (keyBytes === 'text' && keyBytesBefore !== 'private')) return
  const keys = await listUnendedKeys(queries, owner, settled)
  if (keys.length > 0 && (keyBytes === 'private' || keyBytesBefore === 'private'))
    throw new RekeyError('conflict', {
      message:
        `The scheme cannot change from ${before} to ${name}, because the webhook has a key. ` +
        'Create a new webhook with the other scheme.',
    })
  const unfit = keys.find((key) => key.guessable && isLive(key, settled))
  if (!unfit) return
  throw new RekeyError('conflict', {
    message:
      `The secret of the live key ${unfit.fingerprint} is not whsec_ followed by base64, as ${name} requires. ` +
      'Rotate, revoke that key or wait until it expires, and then change the scheme.',
  })
}
