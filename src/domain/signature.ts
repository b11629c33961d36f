import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import { publicRandomBytes } from './random.ts'
import type { SignedMessage } from './received-message.ts'
import type { Message, Scheme } from './schemes/scheme.ts'
import type { SigningSecret } from './signing-secret.ts'

/** Maximum difference between a message's timestamp and the current time, in seconds (Standard Webhooks). */
export const toleranceSeconds = 300

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
    secrets.map((secret) => sign(scheme, message, toKeyObject(scheme, secret))),
  )
}

/** Returns a message's signature in the format of the scheme's signature header. */
export function sign(scheme: Scheme, message: Message, key: KeyObject): string {
  return scheme.version + hmac(scheme, message, key).digest(scheme.encoding)
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
 * Whether one of the message's signatures was made with `secret`. The timing does not reveal which signature matches.
 */
export function isSignedWith(scheme: Scheme, message: SignedMessage, secret: SigningSecret): boolean {
  const expected = hmac(scheme, message, toKeyObject(scheme, secret)).digest()
  return message.signatures.filter((signature) => timingSafeEqual(signature, expected)).length > 0
}

/**
 * Whether the message's timestamp is within the tolerance. A message without a timestamp always is.
 * @param now milliseconds since 1970
 */
export function isTimely({ timestamp }: Message, now: number): boolean {
  return timestamp === null || Math.abs(Math.floor(now / 1000) - timestamp) <= toleranceSeconds
}

/** Reads the key of a secret, as the scheme's HMACs use it. */
export function toKeyObject({ keyBytes }: Scheme, secret: SigningSecret): KeyObject {
  return keyBytes === 'decoded'
    ? createSecretKey(secret.slice(secret.indexOf('_') + 1), 'base64')
    : createSecretKey(secret, 'utf8')
}

/** @param key a KeyObject, because createHmac takes three times as long with a Buffer */
function hmac({ signedBefore }: Scheme, message: Message, key: KeyObject) {
  return createHmac('sha256', key).update(signedBefore(message)).update(message.payload)
}
