import { createHash, randomBytes } from 'node:crypto'

/** Standard Webhooks defines a symmetric secret as `whsec_` followed by base64 of 24 to 64 random bytes. */
const prefix = 'whsec_'
const generatedBytes = 32
const importedBytes = { min: 24, max: 64 }

declare const brand: unique symbol

/** A signing secret as the API accepts and returns it: `whsec_` followed by canonical base64. */
export type SigningSecret = string & { [brand]: 'SigningSecret' }

/** Identifies a secret without revealing it. */
export interface Fingerprint {
  /** `whsec_****` followed by the first four hexadecimal digits of `sha256`. */
  short: string
  /** SHA-256 of the secret's text, including `whsec_`, as 64 lowercase hexadecimal digits. */
  sha256: string
}

/** Generates a 32-byte secret from the operating system's random source. */
export function generateSigningSecret(): SigningSecret {
  return (prefix + randomBytes(generatedBytes).toString('base64')) as SigningSecret
}

/** Thrown for input that is not a signing secret. The message does not repeat the input. */
export class InvalidSigningSecret extends Error {
  override name = 'InvalidSigningSecret'
  /** The required form, in words. */
  readonly rule = `${prefix} followed by the base64 of ${importedBytes.min} to ${importedBytes.max} bytes`

  constructor() {
    super('the text is not a signing secret')
  }
}

/**
 * Checks an imported secret.
 * @throws InvalidSigningSecret unless the text is `whsec_` followed by the canonical base64 of 24 to 64 bytes
 */
export function parseSigningSecret(text: string): SigningSecret {
  const encoded = text.startsWith(prefix) ? text.slice(prefix.length) : ''
  const bytes = Buffer.from(encoded, 'base64')
  const { min, max } = importedBytes
  if (bytes.toString('base64') !== encoded || bytes.length < min || bytes.length > max) {
    throw new InvalidSigningSecret()
  }
  return text as SigningSecret
}

/**
 * Whether a string contains a signing secret, possibly percent-encoded as in a URL. Such a string must not be stored in
 * plaintext.
 */
export function holdsSigningSecret(text: string): boolean {
  return /whsec_(?:[A-Za-z0-9+/_-]|%2[BbFf]){32}/.test(text)
}

/** Computes a secret's fingerprint. Anyone who has the secret can compute the same fingerprint offline. */
export function fingerprint(secret: SigningSecret): Fingerprint {
  const sha256 = createHash('sha256').update(secret).digest('hex')
  return { short: `${prefix}****${sha256.slice(0, 4)}`, sha256 }
}
