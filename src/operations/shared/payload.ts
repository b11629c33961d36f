import { RekeyError } from '../../errors.ts'

/** The largest payload that is signed, in bytes. */
const maxPayloadBytes = 1_048_576

/**
 * The bytes that a payload stands for.
 * @throws RekeyError `badRequest` if it stands for none, `contentTooLarge` past 1 MiB
 */
export function readPayload(payload: string, encoding: 'utf8' | 'base64' = 'utf8'): Buffer {
  const bytes = Buffer.from(payload, encoding)
  // Node decodes what it can; bytes that are not the sender's would be signed.
  if (encoding === 'base64' && bytes.toString(encoding) !== payload) {
    throw new RekeyError('badRequest', { message: 'body/payload must be base64' })
  }
  if (bytes.length > maxPayloadBytes) {
    throw new RekeyError('contentTooLarge', {
      message: `body/payload is larger than ${maxPayloadBytes} bytes`,
    })
  }
  return bytes
}
