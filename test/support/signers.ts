import { createHmac, generateKeyPairSync, sign as rawSign, type KeyObject } from 'node:crypto'
import { SignJWT, type JWK, type JWTHeaderParameters, type JWTPayload } from 'jose'
import { scopes } from '../../generated/scopes.ts'
import { jwtSecret } from './tokens.ts'

/** A key with which a token issuer signs. */
export interface Signer {
  alg: string
  kid: string
  privateKey: KeyObject
  publicKey: KeyObject
  /** The public key's entry in a JWKS. */
  jwk: JWK
}

const generators: Record<string, () => { privateKey: KeyObject; publicKey: KeyObject }> = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
  Ed25519: () => generateKeyPairSync('ed25519'),
}

export const asymmetricAlgorithms = Object.keys(generators)

export function createSigner(alg: string, kid = `${alg} key`): Signer {
  const { privateKey, publicKey } = generators[alg]?.() ?? expectKnown(alg)
  return { alg, kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' } }
}

function expectKnown(alg: string): never {
  throw new Error(`no key generator for the algorithm ${alg}`)
}

export function pem({ publicKey }: Signer): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

/** Returns claims with full access for one hour. @param now Unix time in milliseconds */
export function fullClaims(now = Date.now()): JWTPayload {
  return {
    sub: 'tester',
    scope: scopes.join(' '),
    applications: '*',
    exp: Math.floor(now / 1000) + 3600,
  }
}

/** Signs a token. @param header adds to or overrides the default header parameters */
export function signedBy(
  { alg, kid, privateKey }: Signer,
  claims: JWTPayload = fullClaims(),
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey)
}

/** Creates a token whose signature test servers accept. Its claims may be malformed. */
export function hs256(claims: unknown, header: object = { alg: 'HS256' }): string {
  return compact(header, claims, (input) => hmac(input, jwtSecret))
}

/** Assembles a compact JWS by hand, for tokens that no library would sign. Strings are encoded as is, not as JSON. */
export function compact(header: unknown, claims: unknown, signature: (input: string) => Buffer): string {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${signature(input).toString('base64url')}`
}

export function hmac(input: string, key: string | Buffer, hash = 'sha256'): Buffer {
  return createHmac(hash, key).update(input).digest()
}

export function rs256(input: string, key: KeyObject): Buffer {
  return rawSign('sha256', Buffer.from(input), key)
}

function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}
