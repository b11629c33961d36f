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

const jwksTimeoutMs = 3_000
/**
 * Minimum time between two JWKS fetches that an unknown `kid` causes. Until the next fetch, tokens signed with a new
 * key are rejected.
 */
const jwksCooldownMs = 5_000

export type Key = Awaited<ReturnType<JWTVerifyGetKey>>

/**
 * Finds the keys that may have signed a token with this header.
 * @throws JWKSNoMatchingKey if there are none; RekeyError `serviceUnavailable` if they cannot be fetched
 */
export type FindKeys = (header: JWTHeaderParameters) => readonly Key[] | Promise<readonly Key[]>

/** Creates a function that finds keys in a JWKS. The function fetches the JWKS when it needs it. */
export function findInJwks({ url, tokenFile }: KeySetLocation): FindKeys {
  let hasKids = true
  let fetchedAt = -Infinity
  const fetchKeys: FetchImplementation = async (href, init) => {
    // While the keys are fresh, only an unknown kid causes a fetch, and jose waits between those only if they succeed.
    if (keySet.fresh && Date.now() < fetchedAt + jwksCooldownMs)
      throw new Error(`A fetch of the issuer's keys failed less than ${jwksCooldownMs} ms ago`)
    fetchedAt = Date.now()
    const headers = new Headers(init.headers)
    if (tokenFile !== undefined) headers.set('authorization', `Bearer ${await readToken(tokenFile)}`)
    // Without redirects, which jose turns off, the bearer token reaches only the configured URL.
    const response = await fetch(href, { ...init, headers })
    if (response.status !== 200) return response
    const published = parse(await response.text())
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
      // If no key has a kid, any of them may have the one that the token names.
      return [await keySet(hasKids ? header : { alg: header.alg })]
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return listOf(error)
      if (error instanceof errors.JWKSNoMatchingKey) throw error
      // An unreachable or broken issuer does not make the token invalid.
      throw new RekeyError('serviceUnavailable', { cause: error })
    }
  }
}

async function listOf(keys: AsyncIterable<Key>): Promise<Key[]> {
  const list: Key[] = []
  for await (const key of keys) list.push(key)
  return list
}

/** Reads the token at each fetch, because the file is replaced before its token expires. */
async function readToken(file: string): Promise<string> {
  const token = (await readFile(file, 'utf8')).trim()
  if (/^[!-~]+$/.test(token)) return token
  // Checked here, because the error of an invalid header would repeat its value.
  throw new Error(
    `REKEY_JWKS_TOKEN_FILE: ${file} must contain a bearer token, in one line of visible ASCII characters`,
  )
}

/** Drops the parser's error, because its message quotes the response, which may repeat the bearer token. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error("The response with the issuer's keys is not JSON")
  }
}

/** jose rejects a set with any other shape. */
function isKeySet(value: unknown): value is { keys: JWK[] } {
  const { keys } = (value ?? {}) as { keys?: unknown }
  return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)
}

/**
 * Drops the `alg` of an Ed25519 key. RFC 8037 calls that algorithm EdDSA and RFC 9864 calls it Ed25519, and jose would
 * verify only tokens that use the key's name.
 */
function underEitherName({ alg, ...key }: JWK): JWK {
  const isEd25519 = key.crv === 'Ed25519' && (alg === 'EdDSA' || alg === 'Ed25519')
  return isEd25519 || alg === undefined ? key : { ...key, alg }
}
