import { createHash, randomBytes } from 'node:crypto'

/** Standard Webhooks: a symmetric secret is `whsec_` and base64 of 24 to 64 random bytes. */
const prefix = 'whsec_'
const generatedBytes = 32
const importedBytes = { min: 24, max: 64 }

declare const brand: unique symbol

/** A signing secret in the form that is shown: `whsec_` and canonical base64. */
export type SigningSecret = string & { [brand]: 'SigningSecret' }

/** What may be told of a secret. */
export interface Fingerprint {
  /** `whsec_****` and the first four hexadecimal digits of `sha256`. */
  short: string
  /** SHA-256 over the whole secret as it is shown, in 64 lower-case hexadecimal digits. */
  sha256: string
}

/** A new secret of 32 bytes from the operating system's random source. */
export function generateSigningSecret(): SigningSecret {
  return (prefix + randomBytes(generatedBytes).toString('base64')) as SigningSecret
}

/** The text is no signing secret. The message does not repeat it. */
export class InvalidSigningSecret extends Error {
  override name = 'InvalidSigningSecret'
  /** What it has to be. */
  readonly rule = `${prefix} and the base64 of ${importedBytes.min} to ${importedBytes.max} bytes`

  constructor() {
    super('it is not a signing secret')
  }
}

/**
 * Accepts a secret from outside.
 * @throws InvalidSigningSecret unless it is `whsec_` and canonical base64 of 24 to 64 bytes
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
 * Whether a text has a signing secret in it, as that of a leak may, or a URL, which has it percent-encoded: then it is
 * not to be kept in the open.
 */
export function holdsSigningSecret(text: string): boolean {
  return /whsec_(?:[A-Za-z0-9+/_-]|%2[BbFf]){32}/.test(text)
}

/** Anyone who holds the secret can compute this offline. */
export function fingerprint(secret: SigningSecret): Fingerprint {
  const sha256 = createHash('sha256').update(secret).digest('hex')
  return { short: `${prefix}****${sha256.slice(0, 4)}`, sha256 }
}
