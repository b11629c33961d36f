import { SignJWT } from 'jose'
import document from '../../generated/openapi.json' with { type: 'json' }
import type { Environment, JwtConfig } from '../config/config.ts'
import { readConfig } from '../config/read-config.ts'
import { withDevelopmentKeys } from './shared/development-keys.ts'
import { readOptions, readWholeNumber, UsageError } from './shared/options.ts'

export const usage = `rekey token [options]

Prints a token, signed with REKEY_JWT_SECRET. Where tokens are verified with a public key or a JWKS
URL, they come from your identity provider.

  --subject NAME      who the token is for (default: developer)
  --scope SCOPE       a scope; may stand several times (default: every scope)
  --application ID    an application that it may touch; may stand several times (default: all)
  --expires SECONDS   how long it is valid (default: 3600)
`

/** What a token says. */
export interface TokenRequest {
  subject: string
  /** Every scope if there is none. */
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
    throw new UsageError(`there is no scope ${unknown.join(', ')}; there are ${allScopes.join(', ')}`)
  const { jwt } = readConfig(withDevelopmentKeys(environment))
  const text = await signToken(jwt, {
    subject: options.subject,
    scopes: options.scope,
    applications: options.application ?? '*',
    expiresInSeconds,
  })
  process.stdout.write(`${text}\n`)
}

/** @throws UsageError if tokens are not verified with a secret */
export async function signToken(
  jwt: JwtConfig,
  { subject, scopes, applications, expiresInSeconds }: TokenRequest,
): Promise<string> {
  if (jwt.keys.kind !== 'secret') {
    throw new UsageError('only REKEY_JWT_SECRET can sign a token; yours come from your identity provider')
  }
  const claims = {
    [jwt.scopeClaim]: (scopes.length > 0 ? scopes : allScopes).join(' '),
    [jwt.applicationsClaim]: applications,
  }
  const unsigned = new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(`${expiresInSeconds}s`)
  if (jwt.issuer !== undefined) unsigned.setIssuer(jwt.issuer)
  if (jwt.audience !== undefined) unsigned.setAudience(jwt.audience)
  return unsigned.sign(jwt.keys.secret)
}

/** Every scope that an operation of the document demands. */
const allScopes = [
  ...new Set(
    Object.values(document.paths)
      .flatMap((path) => Object.values(path) as { security?: { bearerAuth: string[] }[] }[])
      .flatMap(({ security = [] }) => security.flatMap(({ bearerAuth }) => bearerAuth)),
  ),
]
