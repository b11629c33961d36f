import { holdsSigningSecret } from '../../domain/signing-secret.ts'
import { RekeyError } from '../../errors.ts'

/**
 * Rejects a signing secret in a field that is stored and returned in plaintext.
 * @param place the field, as in `body/reason`
 * @throws RekeyError `badRequest` if the text contains a signing secret; the message does not repeat the text
 */
export function rejectSecretIn(place: string, text: string | null | undefined): void {
  if (holdsSigningSecret(text ?? ''))
    throw new RekeyError('badRequest', {
      message: `${place} must not contain a signing secret; this field is stored in plaintext`,
    })
}
