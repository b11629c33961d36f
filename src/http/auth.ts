import { createHash } from 'node:crypto'
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import type { JwtConfig } from '../config/config.ts'
import { RekeyError } from '../errors.ts'
import type { AuthenticatedCaller } from './authenticated-caller.ts'
import { VerifiedTokens } from './verified-tokens.ts'

/** A longer token is refused before it is looked at. */
const maxTokenLength = 8_192
const jwksTimeoutMs = 3_000
/**
 * How often at most the issuer is asked because of a key that is not known. Tokens that are signed with a new one are
 * refused for so long.
 */
const jwksCooldownMs = 5_000
const challenge = 'Bearer realm="rekey"'

/**
 * Verifies the value of an Authorization header.
 * @throws RekeyError `unauthorized` if there is no token or it is not valid, `serviceUnavailable` if
 * the issuer's keys cannot be had
 */
export type Authenticate = (authorization: string | undefined) => Promise<AuthenticatedCaller>

/** @param now milliseconds since 1970 */
export function createAuthenticate(config: JwtConfig, now: () => number): Authenticate {
  const getKey = keyGetter(config)
  const verifiedTokens = new VerifiedTokens(config.clockToleranceSeconds)
  return async (authorization) => {
    const [, token] = /^Bearer +(.+)$/i.exec(authorization ?? '') ?? []
    // Whoever sent none, or tried another scheme, learns no more than the scheme (RFC 6750, section 3.1).
    if (token === undefined)
      throw new RekeyError('unauthorized', { headers: { 'www-authenticate': challenge } })
    if (token.length > maxTokenLength || !/^[A-Za-z0-9_.-]+$/.test(token)) throw invalidToken()
    const known = await asRefusal(verifiedTokens.find(token, now()))
    if (known) return known
    const { payload, ...verified } = await asRefusal(verify(token, getKey, config, now))
    const caller = toCaller(payload, token, config)
    verifiedTokens.keep(token, { ...verified, claims: payload, caller })
    return caller
  }
}

/**
 * What is wrong with a token, for the log, since whoever sent it is not told: jose's code, as ERR_JWT_EXPIRED, with
 * the claim that it is about. Nothing of the token itself.
 * @param cause that of the refusal
 */
export function whyRefused(cause: unknown): string {
  if (cause instanceof errors.JWTClaimValidationFailed) return `${cause.code} ${cause.claim}`
  if (cause instanceof errors.JOSEError) return cause.code
  return cause === undefined ? 'no JWT' : 'a key that cannot verify it'
}

/**
 * Checks that a caller may run an operation.
 * @param scopes what the document demands of the token
 * @param applicationId the application that the request names, if it names one
 * @throws RekeyError `forbidden`
 */
export function authorize(
  caller: AuthenticatedCaller,
  scopes: readonly string[],
  applicationId: string | undefined,
): void {
  const missing = scopes.filter((scope) => !caller.scopes.has(scope))
  if (missing.length > 0) {
    const header = `${challenge}, error="insufficient_scope", scope="${missing.join(' ')}"`
    throw new RekeyError('forbidden', { headers: { 'www-authenticate': header } })
  }
  const { applications } = caller
  if (applicationId !== undefined && applications !== '*' && !applications.includes(applicationId)) {
    throw new RekeyError('forbidden')
  }
}

async function verify(token: string, getKey: JWTVerifyGetKey, config: JwtConfig, now: () => number) {
  let key: Awaited<ReturnType<JWTVerifyGetKey>> | undefined
  const getKeyOnce: JWTVerifyGetKey = async (header, jws) => (key = await getKey(header, jws))
  const { payload, protectedHeader } = await jwtVerify(token, getKeyOnce, {
    algorithms: config.algorithms,
    requiredClaims: ['exp'],
    clockTolerance: config.clockToleranceSeconds,
    currentDate: new Date(now()),
    ...(config.issuer !== undefined && { issuer: config.issuer }),
    ...(config.audience !== undefined && { audience: config.audience }),
  })
  // jose leaves it unchecked, and it goes into the records of who changed what.
  const { sub }: { sub?: unknown } = payload
  if (sub !== undefined && !(typeof sub === 'string' && isStorable(sub)))
    throw invalidToken(
      new errors.JWTClaimValidationFailed('"sub" cannot be stored', payload, 'sub', 'invalid'),
    )
  return { payload, key, currentKey: () => getKey(protectedHeader, { payload: '', signature: '' }) }
}

/** What a verification finds wrong with the token is a refusal, whatever jose calls it. */
async function asRefusal<T>(verification: Promise<T>): Promise<T> {
  try {
    return await verification
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw invalidToken(error)
    throw error
  }
}

function keyGetter({ keys }: JwtConfig): JWTVerifyGetKey {
  if (keys.kind === 'secret') return () => keys.secret
  if (keys.kind === 'publicKey') return () => keys.key
  const fetchKey = createRemoteJWKSet(keys.url, {
    timeoutDuration: jwksTimeoutMs,
    cooldownDuration: jwksCooldownMs,
  })
  return async (header, token) => {
    try {
      return await fetchKey(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error
      // The issuer is out of reach or answers nonsense: that says nothing about the token.
      throw new RekeyError('serviceUnavailable', { cause: error })
    }
  }
}

function toCaller(
  payload: JWTPayload,
  token: string,
  { scopeClaim, applicationsClaim }: JwtConfig,
): AuthenticatedCaller {
  const scopes = payload[scopeClaim]
  const applications = payload[applicationsClaim]
  return {
    subject: payload.sub ?? null,
    identity: identityOf(payload, token),
    scopes: new Set(typeof scopes === 'string' ? scopes.split(' ') : strings(scopes)),
    applications: applications === '*' ? '*' : strings(applications),
  }
}

/** PostgreSQL keeps no NUL, and no database a lone surrogate. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** A subject is unique within its issuer (RFC 7519, section 4.1.2). Without one, only the token tells callers apart. */
function identityOf({ iss, sub }: JWTPayload, token: string): string {
  return sub === undefined ? createHash('sha256').update(token).digest('hex') : JSON.stringify([iss, sub])
}

/** Anything but an array of strings allows nothing, nor does a string that no database can be asked for. */
function strings(claim: unknown): string[] {
  return Array.isArray(claim) ? claim.filter((item) => typeof item === 'string').filter(isStorable) : []
}

function invalidToken(cause?: unknown): RekeyError {
  return new RekeyError('unauthorized', {
    cause,
    headers: { 'www-authenticate': `${challenge}, error="invalid_token"` },
  })
}
