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
 * Rejects a scheme that cannot sign with each of the webhook's live keys.
 * @param settled a time that has certainly passed, because a key that expired after it may still be live
 * @throws RekeyError `conflict` if a live key's secret is not `whsec_` followed by base64, but the scheme decodes secrets
 */
export async function rejectUnfitKeys(
  queries: Queries,
  owner: KeyOwner,
  name: SchemeName,
  settled: number,
): Promise<void> {
  if (schemes[name].keyBytes === 'text') return
  const keys = await listUnendedKeys(queries, owner, settled)
  const unfit = keys.find((key) => key.guessable && isLive(key, settled))
  if (!unfit) return
  throw new RekeyError('conflict', {
    message:
      `The secret of the live key ${unfit.fingerprint} is not whsec_ followed by base64, as ${name} requires. ` +
      'Rotate, wait until that key has ended or revoke it, and then change the scheme.',
  })
}
