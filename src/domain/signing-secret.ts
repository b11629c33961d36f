import { createHash, randomBytes } from 'node:crypto'
import { isPublicKey, type PublicKey } from './public-key.ts'

/** Standard Webhooks defines a symmetric secret as `whsec_` followed by base64 of 24 to 64 random bytes. */
const prefix = 'whsec_'
const generatedBytes = 32
const importedBytes = { min: 24, max: 64 }

/** The texts that schemes with `keyBytes: 'text'` accept. */
const importedText = /^[!-~]{16,256}$/

declare const brand: unique symbol

/**
 * A signing secret as the API accepts and returns it. Generated secrets are `whsec_` followed by canonical base64, which
 * every scheme accepts. Imported secrets may be any other visible ASCII.
 */
export type SigningSecret = string & { [brand]: 'SigningSecret' }

/** Identifies a secret without revealing it. */
export interface Fingerprint {
  /** `whsec_****`, or `whpk_****` for a public key, followed by the first four hexadecimal digits of `sha256`. */
  short: string
  /**
   * SHA-256 of the text that the receiver gets, including its prefix, as 64 lowercase hexadecimal digits. If the secret
   * is guessable, an HMAC of that instead; see Keyring.
   */
  sha256: string
  /** Whether the secret is not `whsec_` followed by base64, so that someone may have chosen it. */
  guessable: boolean
  /** The values that `sha256` may have if an older encryption key sealed the same guessable secret. */
  olderSha256: readonly string[]
}

/** Generates a 32-byte secret from the operating system's random source. */
export function generateSigningSecret(): SigningSecret {
  return (prefix + randomBytes(generatedBytes).toString('base64')) as SigningSecret
}

/** Thrown for input that is not a signing secret. The message does not repeat the input. */
export class InvalidSigningSecret extends Error {
  override name = 'InvalidSigningSecret'

  constructor() {
    super('the text is not a signing secret')
  }
}

/**
 * Checks an imported secret.
 * @throws InvalidSigningSecret unless at least one scheme accepts the text. No scheme accepts an Ed25519 key: a
 * public key is not a secret, and a private key is never imported
 */
export function parseSigningSecret(text: string): SigningSecret {
  if (!importedText.test(text) || isEd25519Key(text)) throw new InvalidSigningSecret()
  return text as SigningSecret
}

/** Whether text is a private or public key of Ed25519: `whsk_` or `whpk_` and 32 or 64 bytes in base64. */
export function isEd25519Key(text: string): boolean {
  return /^wh[sp]k_([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/.test(text)
}

/** Whether a secret is `whsec_` followed by the canonical base64 of 24 to 64 bytes, as Standard Webhooks requires. */
export function isDecodable(secret: string): boolean {
  const encoded = secret.startsWith(prefix) ? secret.slice(prefix.length) : ''
  const bytes = Buffer.from(encoded, 'base64')
  const { min, max } = importedBytes
  return bytes.toString('base64') === encoded && bytes.length >= min && bytes.length <= max
}

/**
 * Whether a string contains what looks like a signing secret (`whsec_`) or a private signing key (`whsk_`), possibly
 * percent-encoded as in a URL. Such a string must not be stored in plaintext.
 */
export function holdsSigningSecret(text: string): boolean {
  return /whs(?:ec|k)_(?:[A-Za-z0-9+/_-]|%2[BbFf]){32}/.test(text)
}

/**
 * Computes the fingerprint of a public key, or of a secret that is not guessable. Anyone who has it can compute the same
 * fingerprint offline. Keyring computes the fingerprint of any secret.
 */
export function fingerprint(text: SigningSecret | PublicKey): Fingerprint {
  const sha256 = createHash('sha256').update(text).digest('hex')
  return {
    short: shorten(sha256, isPublicKey(text) ? 'whpk_' : prefix),
    sha256,
    guessable: false,
    olderSha256: [],
  }
}

/** Returns the short fingerprint for a hash in hexadecimal. */
export function shorten(hash: string, before = prefix): string {
  return `${before}****${hash.slice(0, 4)}`
}
