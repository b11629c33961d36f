import { holdsSigningSecret } from '../domain/signing-secret.ts'
import { RekeyError } from '../errors.ts'

/**
 * Refuses a signing secret in a text that is stored and answered as it is.
 * @param place where it stands in the request, as `body/reason`
 * @throws RekeyError `badRequest`, without the text
 */
export function checkKeptText(place: string, text: string | null | undefined): void {
  if (text && (holdsSigningSecret(text) || holdsSigningSecret(decoded(text))))
    throw new RekeyError('badRequest', {
      message: `${place} has a signing secret in it, and is kept as it is`,
    })
}

/** A URL may hold it percent-encoded. */
function decoded(text: string): string {
  return text.replace(/%2[bf]/gi, (code) => decodeURIComponent(code))
}
