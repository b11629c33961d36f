import { holdsSigningSecret } from '../../domain/signing-secret.ts'
import { RekeyError } from '../../errors.ts'

/**
 * Rejects a signing secret in a field that is stored and returned in plaintext.
 * @param place the field, as in `body/reason`
 * @param imported the secret that the same request imports, which may look like any text
 * @throws RekeyError `badRequest` if the text contains a signing secret; the message does not repeat the text
 */
export function rejectSecretIn(place: string, text: string | null | undefined, imported?: string): void {
  if (holdsSigningSecret(text ?? '') || (imported !== undefined && text?.includes(imported)))
    throw new RekeyError('badRequest', {
      message: `${place} must not contain a signing secret; this field is stored in plaintext`,
    })
}
