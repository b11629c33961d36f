import { SignJWT } from 'jose'
import { scopes as allScopes } from '../../generated/scopes.ts'
import type { Environment, JwtConfig } from '../config/config.ts'
import { readConfig } from '../config/read-config.ts'
import { withDevelopmentKeys } from './shared/development-keys.ts'
import { readOptions, readWholeNumber, UsageError } from './shared/options.ts'

export const usage = `Usage: rekey token [options]

Prints a token for the API, signed with REKEY_JWT_SECRET.

If Rekey verifies tokens with a public key or a JWKS URL, get them from your identity provider.

Options:
  --subject NAME      subject of the token, for the audit trail (default: developer)
  --scope SCOPE       scope of the token; repeatable (default: all scopes)
  --application ID    application that the token can access; repeatable (default: all applications)
  --expires SECONDS   lifetime of the token (default: 3600)
`

export interface TokenRequest {
  subject: string
  /** An empty list grants every scope. */
  scopes: readonly string[]
  applications: readonly string[] | '*'
  expiresInSeconds: number
}

export async function run(environment: Environment, args: string[]): Promise<void> {
  const options = readOptions(args, {
    subject: { type: 'string', default: 'developer' },
    scope: { type: 'string', multiple: true, default: [] },
    application: { type: 'string', multiple: true },
    expires: { type: 'string', default: '3600' },
  })
  const expiresInSeconds = readWholeNumber('--expires', options.expires, 1, 999_999_999)
  const unknown = options.scope.filter((scope) => !allScopes.includes(scope))
  if (unknown.length > 0)
    throw new UsageError(`unknown scope ${unknown.join(', ')}; allowed scopes: ${allScopes.join(', ')}`)
  const { jwt } = readConfig(withDevelopmentKeys(environment))
  const text = await signToken(jwt, {
    subject: options.subject,
    scopes: options.scope,
    applications: options.application ?? '*',
    expiresInSeconds,
  })
  process.stdout.write(`${text}\n`)
}

/** @throws UsageError unless the server verifies tokens with REKEY_JWT_SECRET */
export async function signToken(
  jwt: JwtConfig,
  { subject, scopes, applications, expiresInSeconds }: TokenRequest,
): Promise<string> {
  if (jwt.keys.kind !== 'secret') {
    throw new UsageError(
      'rekey token can sign only with REKEY_JWT_SECRET; get tokens from your identity provider instead',
    )
  }
  const granted = scopes.length > 0 ? scopes : allScopes
  const claims = {
    [jwt.scopeClaims[0] ?? 'scope']: granted.map((scope) => jwt.scopePrefix + scope).join(' '),
    [jwt.applicationsClaims[0] ?? 'applications']: applications,
  }
  const unsigned = new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(`${expiresInSeconds}s`)
  const [issuer] = jwt.issuers
  const [audience] = jwt.audiences
  if (issuer !== undefined) unsigned.setIssuer(issuer)
  if (audience !== undefined) unsigned.setAudience(audience)
  return unsigned.sign(jwt.keys.secret)
}
