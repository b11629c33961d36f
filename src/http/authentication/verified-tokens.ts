import { hash } from 'node:crypto'
import type { AuthenticatedCaller } from './caller.ts'
import type { Key } from './jwks.ts'

/** Maximum number of cached tokens. Adding another evicts the oldest token, which must then be verified again. */
const maxTokens = 1_000
/**
 * Maximum total length of the cached tokens, in bytes. This limits the cache's memory, because an entry is smaller than
 * its token.
 */
const maxBytes = 4_194_304

export interface VerifiedToken {
  caller: AuthenticatedCaller
  /** The key that verified the token's signature. */
  key: Key
  /** Returns the issuer's keys that can verify the token's signature now. */
  currentKeys: () => readonly Key[] | Promise<readonly Key[]>
  /** Seconds since 1970. */
  claims: { exp?: number | undefined; nbf?: number | undefined }
}

interface Entry extends VerifiedToken {
  /** Length of the token. */
  bytes: number
}

/**
 * Caches tokens whose signature was verified. A valid signature stays valid, so later requests check only `exp`, `nbf`,
 * and whether the issuer still uses the key. The cache has a maximum size, and stores a token's hash instead of the
 * token.
 */
export class VerifiedTokens {
  readonly #entries = new Map<string, Entry>()
  readonly #clockToleranceSeconds: number
  #bytes = 0

  constructor(clockToleranceSeconds: number) {
    this.#clockToleranceSeconds = clockToleranceSeconds
  }

  add(token: string, { caller, key, currentKeys, claims: { exp, nbf } }: VerifiedToken): void {
    const id = idOf(token)
    this.#delete(id)
    this.#entries.set(id, { caller, key, currentKeys, claims: { exp, nbf }, bytes: token.length })
    this.#bytes += token.length
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxTokens && this.#bytes <= maxBytes) break
      this.#delete(oldest)
    }
  }

  /**
   * Finds the caller of a token that was verified before and is still valid.
   * @param now milliseconds since 1970
   * @returns undefined if the token must be verified
   * @throws any error from fetching the issuer's key
   */
  async find(token: string, now: number): Promise<AuthenticatedCaller | undefined> {
    const id = idOf(token)
    const known = this.#entries.get(id)
    if (!known) return undefined
    if (this.#isTimely(known.claims, now) && (await known.currentKeys()).includes(known.key))
      return known.caller
    this.#delete(id)
    return undefined
  }

  #delete(id: string): void {
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0
    this.#entries.delete(id)
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
