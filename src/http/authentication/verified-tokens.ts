import { hash } from 'node:crypto'
import type { JWTPayload, JWTVerifyGetKey } from 'jose'
import type { AuthenticatedCaller } from './caller.ts'

/** More callers than that take turns in being verified anew. */
const maxTokens = 1_000

type Key = Awaited<ReturnType<JWTVerifyGetKey>>

export interface VerifiedToken {
  caller: AuthenticatedCaller
  /** What its signature was verified with. */
  key: Key | undefined
  /** The key that its signature would be verified with now. */
  currentKey: () => Key | Promise<Key>
  /** Seconds since 1970. */
  claims: Pick<JWTPayload, 'exp' | 'nbf'>
}

/**
 * Tokens whose signature was verified a moment ago. A signature does not become wrong, so that of the next
 * request only what can have changed is checked: the issuer's key, and the time. Bounded, and a token is
 * kept by its hash alone.
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
   * Who sent a token, if it was verified before and would be found valid again.
   * @param now milliseconds since 1970
   * @throws whatever getting the issuer's key throws
   */
  async find(token: string, now: number): Promise<AuthenticatedCaller | undefined> {
    const id = idOf(token)
    const known = this.#tokens.get(id)
    if (!known) return undefined
    if (this.#isTimely(known.claims, now) && (await known.currentKey()) === known.key) return known.caller
    this.#tokens.delete(id)
    return undefined
  }

  /** RFC 7519, sections 4.1.4 and 4.1.5, in whole seconds as jose has it. */
  #isTimely({ exp = 0, nbf = 0 }: VerifiedToken['claims'], now: number): boolean {
    const seconds = Math.floor(now / 1000)
    const tolerance = this.#clockToleranceSeconds
    return exp > seconds - tolerance && nbf <= seconds + tolerance
  }
}

function idOf(token: string): string {
  return hash('sha256', token, 'base64')
}
