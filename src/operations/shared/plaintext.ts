import { holdsSigningSecret } from '../../domain/signing-secret.ts'
import { RekeyError } from '../../errors.ts'

/**
 * Refuses a signing secret in a text that is stored and returned as it is.
 * @param place where it stands in the request, as `body/reason`
 * @throws RekeyError `badRequest`, without the text
 */
export function rejectSecretIn(place: string, text: string | null | undefined): void {
  if (holdsSigningSecret(text ?? ''))
    throw new RekeyError('badRequest', {
      message: `${place} has a signing secret in it, and is kept as it is`,
    })
}
