import { timingSafeEqual } from 'node:crypto'
import { HmacKey } from './hmac-key.ts'
import type { KeyMaterial } from './key-material.ts'
import { PrivateKey } from './private-key.ts'
import { publicRandomBytes } from './random.ts'
import type { Message, Scheme } from './schemes/scheme.ts'

/** Maximum difference between a message's timestamp and the current time, in seconds (Standard Webhooks). */
export const toleranceSeconds = 300

/** Key material ready for signing: an HMAC key or an Ed25519 private key. */
export type Signer = HmacKey | PrivateKey

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
  secrets: readonly KeyMaterial[],
): Record<string, string> {
  const content = contentOf(scheme, message)
  return messageHeaders(
    scheme,
    message,
    secrets.map((secret) => sign(scheme, content, toSigner(scheme, secret))),
  )
}

/** The bytes that a message's signatures cover, in parts. They are the same for all keys. */
export type SignedContent = readonly Uint8Array[]

/** Payloads up to this length are copied, so that each key hashes one part instead of two. */
const maxCopied = 16_384

/** Returns the bytes that signatures of the message cover: what the scheme signs before the payload, and the payload. */
export function contentOf({ signedBefore }: Scheme, message: Message): SignedContent {
  const parts = [Buffer.from(signedBefore(message)), message.payload]
  return message.payload.length > maxCopied ? parts : [Buffer.concat(parts)]
}

/**
 * Returns a message's signature in the format of the scheme's signature header.
 * @param content what `contentOf` returns for the scheme and the message
 * @throws Error if the signer is a private key and the scheme signs with HMAC-SHA256
 */
export function sign(scheme: Scheme, content: SignedContent, signer: Signer): string {
  const { version, encoding } = scheme
  if (signer instanceof PrivateKey) return version + signWith(signer, scheme, content).toString(encoding)
  return version + signer.sign(content).digest(encoding)
}

/**
 * Builds a message's headers from existing signatures.
 * @param signatures one per secret; the newest secret's signature comes first
 */
export function messageHeaders(
  { idHeader, timestampHeader, timestampParameter, signatureHeader, separator }: Scheme,
  { id, timestamp }: Message,
  signatures: readonly string[],
): Record<string, string> {
  const headers: Record<string, string> = {}
  if (idHeader !== undefined) headers[idHeader] = id
  if (timestampHeader !== undefined) headers[timestampHeader] = String(timestamp)
  headers[signatureHeader] =
    timestampParameter === undefined
      ? signatures.join(separator)
      : [`${timestampParameter}=${String(timestamp)}`, ...signatures].join(separator)
  return headers
}

/**
 * Whether one of a message's signatures was made with `secret`. Signs again and compares, so many signatures take no
 * longer than one. The timing does not reveal which signature matches.
 * @param content what `contentOf` returns for the scheme and the message
 */
export function isSignedWith(
  scheme: Scheme,
  { content, signatures }: { content: SignedContent; signatures: readonly Buffer[] },
  secret: KeyMaterial,
): boolean {
  const signer = toSigner(scheme, secret)
  const expected =
    signer instanceof PrivateKey ? signWith(signer, scheme, content) : signer.sign(content).digest()
  return signatures.filter((signature) => timingSafeEqual(signature, expected)).length > 0
}

/**
 * Whether the message's timestamp is within the tolerance. A message without a timestamp always is.
 * @param now milliseconds since 1970
 */
export function isTimely({ timestamp }: Message, now: number): boolean {
  return timestamp === null || Math.abs(Math.floor(now / 1000) - timestamp) <= toleranceSeconds
}

/** @throws Error if the scheme does not sign with private keys */
function signWith(key: PrivateKey, { keyBytes }: Scheme, content: SignedContent): Buffer {
  if (keyBytes !== 'private') throw new Error('a private key cannot sign with HMAC-SHA256')
  return key.sign(Buffer.concat(content))
}

/**
 * Converts key material to the key that the scheme signs with.
 * @throws Error if the scheme does not sign with such material
 */
export function toSigner({ keyBytes }: Scheme, material: KeyMaterial): Signer {
  if (material instanceof PrivateKey) return material
  if (keyBytes === 'private') throw new Error('an HMAC secret cannot sign with Ed25519')
  return keyBytes === 'decoded'
    ? new HmacKey(Buffer.from(material.slice(material.indexOf('_') + 1), 'base64'))
    : new HmacKey(Buffer.from(material))
}
