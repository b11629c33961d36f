import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { publicRandomBytes } from './random.ts'
import type { SigningSecret } from './signing-secret.ts'

/** Maximum difference between a message's timestamp and the current time, in seconds (Standard Webhooks). */
export const toleranceSeconds = 300

/**
 * Maximum number of signatures in a header. No webhook has this many live keys, so a longer header counts as malformed.
 */
const maxSignatures = 50
const version = 'v1,'
/**
 * Rejects leading zeros: the signature covers the timestamp's digits, and parsing `01` as a number would lose the zero.
 */
const timestampText = /^(0|[1-9]\d{0,11})$/

/** The parts of a message that its signatures cover. */
export interface Message {
  id: string
  /** Seconds since 1970. */
  timestamp: number
  payload: Uint8Array
}

/** A message with the v1 signatures from its headers. */
export interface SignedMessage extends Message {
  /** Decoded; 32 bytes each. */
  signatures: Buffer[]
}

export type MessageHeaders = Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>

/** Returns `msg_` followed by 16 random bytes in base64url. */
export function newMessageId(): string {
  return `msg_${publicRandomBytes(16).toString('base64url')}`
}

/**
 * Builds the Standard Webhooks headers, with one signature per secret.
 * @param secrets newest first
 */
export function signMessage(message: Message, secrets: readonly SigningSecret[]): MessageHeaders {
  return messageHeaders(
    message,
    secrets.map((secret) => sign(message, secret)),
  )
}

/** Returns a message's signature in the format of the `webhook-signature` header. */
export function sign(message: Message, secret: SigningSecret): string {
  return version + hmac(message, secret).toString('base64')
}

/**
 * Builds the Standard Webhooks headers from existing signatures.
 * @param signatures one per secret; the newest secret's signature comes first
 */
export function messageHeaders({ id, timestamp }: Message, signatures: readonly string[]): MessageHeaders {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}

/**
 * Reads the Standard Webhooks headers. Ignores signatures of versions other than v1, as Standard Webhooks requires.
 * @param headers by name, in any letter case
 * @returns null if a header is missing or malformed, if no signature is v1, or if there are more than `maxSignatures`
 */
export function readMessageHeaders(
  headers: Readonly<Record<string, string>>,
  payload: Uint8Array,
): SignedMessage | null {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const id = lower.get('webhook-id') ?? ''
  const timestamp = lower.get('webhook-timestamp') ?? ''
  const signatures = (lower.get('webhook-signature') ?? '').split(' ')
  if (id === '' || !timestampText.test(timestamp) || signatures.length > maxSignatures) return null
  const known = signatures.flatMap((signature) => decode(signature) ?? [])
  return known.length > 0 ? { id, timestamp: Number(timestamp), payload, signatures: known } : null
}

/**
 * Decodes a v1 signature; undefined for any other text. Accepts only canonical base64, because receivers compare
 * signatures as text.
 */
function decode(signature: string): Buffer | undefined {
  if (!signature.startsWith(version)) return undefined
  const encoded = signature.slice(version.length)
  const bytes = Buffer.from(encoded, 'base64')
  return bytes.length === 32 && bytes.toString('base64') === encoded ? bytes : undefined
}

/**
 * Whether one of the message's signatures was made with `secret`. The timing does not reveal which signature matches.
 */
export function isSignedWith(message: SignedMessage, secret: SigningSecret): boolean {
  const expected = hmac(message, secret)
  return message.signatures.filter((signature) => timingSafeEqual(signature, expected)).length > 0
}

/**
 * Whether the message's timestamp is within the tolerance.
 * @param now milliseconds since 1970
 */
export function isTimely({ timestamp }: Message, now: number): boolean {
  return Math.abs(Math.floor(now / 1000) - timestamp) <= toleranceSeconds
}

function hmac({ id, timestamp, payload }: Message, secret: SigningSecret): Buffer {
  // A KeyObject, because createHmac takes three times as long with a Buffer.
  const key = createSecretKey(secret.slice(secret.indexOf('_') + 1), 'base64')
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(payload).digest()
}
