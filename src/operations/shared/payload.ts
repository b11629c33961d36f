import { RekeyError } from '../../errors.ts'
import type { OperationContext } from './operation.ts'
import { runInSlices } from './slices.ts'

const maxPayloadBytes = 1_048_576

interface EncodedPayload {
  payload: string
  payloadEncoding?: 'utf8' | 'base64'
}

/**
 * Decodes the payload in a request's body.
 * @throws RekeyError `badRequest` if `encoding` is base64 but the payload is not valid base64; `contentTooLarge` above
 * 1 MiB
 */
export function decodePayload(
  applicationId: string,
  body: EncodedPayload,
  context: OperationContext,
): Promise<Buffer> {
  return runInSlices({ applicationId, bytes: body.payload.length, steps: decode(body) }, context)
}

function* decode({
  payload,
  payloadEncoding: encoding = 'utf8',
}: EncodedPayload): Generator<undefined, Buffer> {
  const bytes = Buffer.from(payload, encoding)
  yield
  // Node skips invalid characters, so without this check Rekey would sign bytes that the caller did not intend.
  if (encoding === 'base64' && bytes.toString(encoding) !== payload) {
    throw new RekeyError('badRequest', {
      message: 'body/payload must be padded base64, because payloadEncoding is base64',
    })
  }
  if (bytes.length > maxPayloadBytes) {
    throw new RekeyError('contentTooLarge', {
      message: `body/payload must not be larger than ${maxPayloadBytes} bytes`,
    })
  }
  return bytes
}
