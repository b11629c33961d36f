import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { publicRandomBytes } from './random.ts'
import type { Message, Scheme } from './schemes/scheme.ts'
import type { SigningSecret } from './signing-secret.ts'

/** Maximum difference between a message's timestamp and the current time, in seconds (Standard Webhooks). */
export const toleranceSeconds = 300

/**
 * Maximum number of signatures in a header. No webhook has this many live keys, so a longer header counts as malformed.
 */
const maxSignatures = 50
/**
 * Rejects leading zeros: the signature covers the timestamp's digits, and parsing `01` as a number would lose the zero.
 */
const timestampText = /^(0|[1-9]\d{0,11})$/

/** A received message with the signatures of its headers. */
export interface SignedMessage extends Message {
  /** Decoded; 32 bytes each. */
  signatures: Buffer[]
}

/** Returns `msg_` followed by 16 random bytes in base64url. */
export function newMessageId(): string {
  return `msg_${publicRandomBytes(16).toString('base64url')}`
}

/**
 * Builds a message's headers, with one signature per secret.
 * @param secrets newest first
 */
export function signMessage(
  scheme: Scheme,
  message: Message,
  secrets: readonly SigningSecret[],
): Record<string, string> {
  return messageHeaders(
    scheme,
    message,
    secrets.map((secret) => sign(scheme, message, secret)),
  )
}

/** Returns a message's signature in the format of the scheme's signature header. */
export function sign(scheme: Scheme, message: Message, secret: SigningSecret): string {
  return scheme.version + hmac(scheme, message, secret).digest(scheme.encoding)
}

/**
 * Builds a message's headers from existing signatures.
 * @param signatures one per secret; the newest secret's signature comes first
 */
export function messageHeaders(
  { idHeader, timestampHeader, signatureHeader, separator }: Scheme,
  { id, timestamp }: Message,
  signatures: readonly string[],
): Record<string, string> {
  const headers: Record<string, string> = {}
  if (idHeader !== undefined) headers[idHeader] = id
  if (timestampHeader !== undefined) headers[timestampHeader] = String(timestamp)
  headers[signatureHeader] = signatures.join(separator)
  return headers
}

/**
 * Reads a message's headers. Ignores signatures of unknown versions, as Standard Webhooks requires.
 * @param headers by name, in any letter case
 * @returns null if a header is missing or malformed, if no signature is of a known version, or if there are more than
 * `maxSignatures`
 */
export function readMessageHeaders(
  scheme: Scheme,
  headers: Readonly<Record<string, string>>,
  payload: Uint8Array,
): SignedMessage | null {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const id = lower.get(scheme.idHeader ?? '') ?? ''
  const timestamp = lower.get(scheme.timestampHeader ?? '') ?? ''
  const signatures = (lower.get(scheme.signatureHeader) ?? '').split(scheme.separator)
  if (id === '' || !timestampText.test(timestamp) || signatures.length > maxSignatures) return null
  const known = signatures.flatMap((signature) => decode(scheme, signature) ?? [])
  return known.length > 0 ? { id, timestamp: Number(timestamp), payload, signatures: known } : null
}

/**
 * Decodes a signature of the scheme's version; undefined for any other text. Accepts only the canonical encoding,
 * because receivers compare signatures as text.
 */
function decode({ version, encoding }: Scheme, signature: string): Buffer | undefined {
  if (!signature.startsWith(version)) return undefined
  const encoded = signature.slice(version.length)
  const bytes = Buffer.from(encoded, encoding)
  return bytes.length === 32 && bytes.toString(encoding) === encoded ? bytes : undefined
}

/**
 * Whether one of the message's signatures was made with `secret`. The timing does not reveal which signature matches.
 */
export function isSignedWith(scheme: Scheme, message: SignedMessage, secret: SigningSecret): boolean {
  const expected = hmac(scheme, message, secret).digest()
  return message.signatures.filter((signature) => timingSafeEqual(signature, expected)).length > 0
}

/**
 * Whether the message's timestamp is within the tolerance. A message without a timestamp always is.
 * @param now milliseconds since 1970
 */
export function isTimely({ timestamp }: Message, now: number): boolean {
  return timestamp === null || Math.abs(Math.floor(now / 1000) - timestamp) <= toleranceSeconds
}

function hmac({ signedBefore }: Scheme, message: Message, secret: SigningSecret) {
  // A KeyObject, because createHmac takes three times as long with a Buffer.
  const key = createSecretKey(secret.slice(secret.indexOf('_') + 1), 'base64')
  return createHmac('sha256', key).update(signedBefore(message)).update(message.payload)
}
