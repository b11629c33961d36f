import type { Scheme } from './scheme.ts'

/**
 * https://developer.paddle.com/webhooks/signature-verification. Paddle's Node SDK reads only the last `h1`. Newest first
 * therefore means that this SDK verifies with the oldest live key until the overlap ends.
 */
export const paddle: Scheme = {
  signatureHeader: 'Paddle-Signature',
  headerMayChange: true,
  timestampParameter: 'ts',
  signedBefore: ({ timestamp }) => `${String(timestamp)}:`,
  version: 'h1=',
  encoding: 'hex',
  separator: ';',
  mayReadLastOnly: true,
  keyBytes: 'text',
}
