import { hash } from 'node:crypto'
import type { JWTPayload, JWTVerifyGetKey } from 'jose'
import type { AuthenticatedCaller } from './caller.ts'

/** Maximum number of cached tokens. Adding another evicts the oldest token, which must then be verified again. */
const maxTokens = 1_000

type Key = Awaited<ReturnType<JWTVerifyGetKey>>

export interface VerifiedToken {
  caller: AuthenticatedCaller
  /** The key that verified the token's signature. */
  key: Key | undefined
  /** Returns the key that would verify the token's signature now. */
  currentKey: () => Key | Promise<Key>
  /** Seconds since 1970. */
  claims: Pick<JWTPayload, 'exp' | 'nbf'>
}

/**
 * Caches tokens whose signature was verified. A valid signature stays valid, so later requests check only the issuer's
 * key, `exp` and `nbf`. The cache has a maximum size, and stores a token's hash instead of the token.
 */
export class VerifiedTokens {
  readonly #tokens = new Map<string, VerifiedToken>()
  readonly #clockToleranceSeconds: number

  constructor(clockToleranceSeconds: number) {
    this.#clockToleranceSeconds = clockToleranceSeconds
  }

  add(token: string, verified: VerifiedToken): void {
    if (this.#tokens.size >= maxTokens) this.#tokens.delete(this.#tokens.keys().next().value ?? '')
    this.#tokens.set(idOf(token), verified)
  }

  /**
   * Finds the caller of a token that was verified before and is still valid.
   * @param now milliseconds since 1970
   * @returns undefined if the token must be verified
   * @throws any error from fetching the issuer's key
   */
  async find(token: string, now: number): Promise<AuthenticatedCaller | undefined> {
    const id = idOf(token)
    const known = this.#tokens.get(id)
    if (!known) return undefined
    if (this.#isTimely(known.claims, now) && (await known.currentKey()) === known.key) return known.caller
    this.#tokens.delete(id)
    return undefined
  }

  /** Checks exp and nbf (RFC 7519, sections 4.1.4 and 4.1.5) in whole seconds, like jose. */
  #isTimely({ exp = 0, nbf = 0 }: VerifiedToken['claims'], now: number): boolean {
    const seconds = Math.floor(now / 1000)
    const tolerance = this.#clockToleranceSeconds
    return exp > seconds - tolerance && nbf <= seconds + tolerance
  }
}

function idOf(token: string): string {
  return hash('sha256', token, 'base64')
}
