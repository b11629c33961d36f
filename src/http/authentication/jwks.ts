import { readFile } from 'node:fs/promises'
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JWK,
  type JWTHeaderParameters,
  type JWTVerifyGetKey,
} from 'jose'
import type { KeySetLocation } from '../../config/config.ts'
import { RekeyError } from '../../errors.ts'
import { currentTraceHeaders } from '../request/trace-context.ts'

const jwksTimeoutMs = 3_000
/**
 * Minimum time between two JWKS fetches that an unknown `kid` causes. Until the next fetch, tokens signed with a new
 * key are rejected.
 */
const jwksCooldownMs = 5_000
/**
 * Minimum time between two attempts to fetch the JWKS while no keys are cached. Anyone can send tokens that need the
 * keys. Until Rekey has the keys, such tokens count as neither valid nor invalid.
 */
const jwksRetryMs = 1_000

export type Key = Awaited<ReturnType<JWTVerifyGetKey>>

/**
 * Finds the keys that may have signed a token with this header.
 * @throws JWKSNoMatchingKey if no key matches; RekeyError `serviceUnavailable` if the keys cannot be fetched
 */
export type FindKeys = (header: JWTHeaderParameters) => readonly Key[] | Promise<readonly Key[]>

/** Creates a function that finds keys in a JWKS. The function fetches the JWKS when needed. */
export function findInJwks({ url, tokenFile }: KeySetLocation): FindKeys {
  let hasKids = true
  let fetchedAt = -Infinity
  const fetchKeys: FetchImplementation = async (href, init) => {
    // While the keys are fresh, only an unknown kid causes a fetch. After a failed fetch, jose would not wait before
    // the next one.
    const cooldownMs = keySet.fresh ? jwksCooldownMs : jwksRetryMs
    if (Date.now() < fetchedAt + cooldownMs)
      throw new Error(
        `skipped fetching ${href}, because the previous fetch failed less than ${cooldownMs / 1_000} s ago`,
      )
    fetchedAt = Date.now()
    const headers = new Headers(init.headers)
    for (const [name, value] of Object.entries(currentTraceHeaders())) headers.set(name, value)
    if (tokenFile !== undefined) headers.set('authorization', `Bearer ${await readToken(tokenFile)}`)
    // Without redirects, which jose turns off, the bearer token reaches only the configured URL.
    const response = await fetch(href, { ...init, headers })
    if (response.status !== 200) return response
    const published = parse(await response.text(), href)
    if (!isKeySet(published)) return Response.json(published)
    hasKids = published.keys.some(({ kid }) => kid !== undefined)
    return Response.json({ keys: published.keys.map(underEitherName) })
  }
  const keySet = createRemoteJWKSet(url, {
    timeoutDuration: jwksTimeoutMs,
    cooldownDuration: jwksCooldownMs,
    [customFetch]: fetchKeys,
  })
  return async (header) => {
    try {
      if (!keySet.fresh) await keySet.reload()
      // If no key in the JWKS has a kid, ignore the token's kid: any of the keys may have signed the token.
      return [await keySet(hasKids ? header : { alg: header.alg })]
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return Array.fromAsync<Key>(error)
      if (error instanceof errors.JWKSNoMatchingKey) throw error
      // An unreachable or broken issuer does not make the token invalid.
      throw new RekeyError('serviceUnavailable', { cause: error })
    }
  }
}

/** Reads the bearer token. Called for each fetch, because the file gets a new token before the old one expires. */
async function readToken(file: string): Promise<string> {
  const token = (await readFile(file, 'utf8')).trim()
  if (/^[!-~]+$/.test(token)) return token
  // Checked here, because `Headers` would quote the token in its own error.
  throw new Error(
    `REKEY_JWKS_TOKEN_FILE: ${file} must contain a bearer token, in one line of visible ASCII characters`,
  )
}

/** Drops the parser's error, because its message quotes the response, which may repeat the bearer token. */
function parse(text: string, url: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`the response from ${url} is not JSON; check REKEY_JWKS_URL`)
  }
}

/** Whether the value has the shape of a JWKS. jose rejects any other value. */
function isKeySet(value: unknown): value is { keys: JWK[] } {
  const { keys } = (value ?? {}) as { keys?: unknown }
  return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)
}

/**
 * Drops the `alg` of an Ed25519 key. RFC 8037 calls that algorithm EdDSA, and RFC 9864 calls it Ed25519. With `alg`,
 * the key would verify only tokens that use the same name.
 */
function underEitherName({ alg, ...key }: JWK): JWK {
  const isEd25519 = key.crv === 'Ed25519' && (alg === 'EdDSA' || alg === 'Ed25519')
  return isEd25519 || alg === undefined ? key : { ...key, alg }
}
