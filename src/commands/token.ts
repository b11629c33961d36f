import { SignJWT } from 'jose'
import document from '../../generated/openapi.json' with { type: 'json' }
import { scopes as allScopes } from '../../generated/scopes.ts'
import type { Config, Environment, JwtConfig } from '../config/config.ts'
import { didYouMean } from './shared/did-you-mean.ts'
import { loadConfig } from './shared/load-config.ts'
import { newEncryptionKeys } from './shared/new-keys.ts'
import { readOptions, readSeconds, UsageError } from './shared/options.ts'

export const usage = `Usage: rekey token [options]

Prints a token for the API, signed with REKEY_JWT_SECRET. The token grants the scopes that you name, for the
applications that you name, and nothing else.

If Rekey verifies tokens with a public key or a JWKS URL, get them from your identity provider.

Options:
  --scope SCOPE       scope of the token; repeatable (default: none)
  --application ID    application that the token can access; repeatable (default: none)
  --all-applications  every application, including those created later
  --subject NAME      subject of the token, for the audit trail (default: developer)
  --expires DURATION  lifetime of the token, for example 30m or 90d (default: 1h)

Scopes:
${allScopes.map((scope) => `  ${scope}\n`).join('')}`

export interface TokenRequest {
  subject: string
  scopes: readonly string[]
  applications: readonly string[] | '*'
  expiresInSeconds: number
}

export async function run(environment: Environment, args: string[]): Promise<void> {
  const options = readOptions(args, {
    scope: { type: 'string', multiple: true, default: [] },
    application: { type: 'string', multiple: true, default: [] },
    'all-applications': { type: 'boolean', default: false },
    subject: { type: 'string', default: 'developer' },
    expires: { type: 'string', default: '1h' },
  })
  const { scope: scopes, application: ids, 'all-applications': all, subject } = options
  const expiresInSeconds = readSeconds('--expires', options.expires, 1, 36_500 * 86_400)
  for (const scope of scopes) checkScope(scope)
  for (const id of ids) checkApplicationId(id)
  if (all && ids.length > 0)
    throw new UsageError('--application and --all-applications are mutually exclusive')
  if (subject === '') throw new UsageError('--subject must not be empty')
  const applications = all ? '*' : ids
  const { jwt } = await loadTokenSettings(environment)
  process.stdout.write(`${await signToken(jwt, { subject, scopes, applications, expiresInSeconds })}\n`)
  // Written to standard error, so that a script that captures the token still shows this warning.
  if ((scopes.length === 0 || applications.length === 0) && jwt.grants.length === 0)
    process.stderr.write(
      'rekey token: this token grants nothing; add --scope, and --application or --all-applications\n',
    )
}

function checkScope(scope: string): void {
  if (allScopes.includes(scope)) return
  throw new UsageError(
    `unknown scope "${scope}"${didYouMean(scope, allScopes)}; allowed scopes: ${allScopes.join(', ')}`,
  )
}

function checkApplicationId(id: string): void {
  if (id === '*') throw new UsageError('--application must be an ID; for all, use --all-applications')
  const { pattern, maxLength, 'x-rule': rule } = document.components.schemas.Id
  if (id.length > maxLength || !new RegExp(pattern).test(id))
    throw new UsageError(`--application ${rule}; "${id}" is not an ID`)
}

/** Signing a token needs neither encryption keys nor a database, so their variables have no effect. */
async function loadTokenSettings(environment: Environment): Promise<Config> {
  const unused = {
    REKEY_ENCRYPTION_KEYS: newEncryptionKeys(),
    REKEY_ENCRYPTION_KEYS_FILE: '',
    REKEY_ENCRYPTION_KEYS_COMMAND: '',
    DATABASE_URL: '',
    DATABASE_URL_FILE: '',
  }
  return (await loadConfig({ ...environment, ...unused })).config
}

/** Whether the server reads rights from the token's claims. With a grants file, rights may come only from that file. */
export function readsOwnRights({ scopeClaims, applicationsClaims }: JwtConfig): boolean {
  return scopeClaims.length > 0 && applicationsClaims.length > 0
}

/** @throws UsageError unless the server verifies tokens with REKEY_JWT_SECRET and would grant the requested rights */
export async function signToken(
  jwt: JwtConfig,
  { subject, scopes, applications, expiresInSeconds }: TokenRequest,
): Promise<string> {
  if (jwt.keys.kind !== 'secret') {
    throw new UsageError(
      'rekey token can sign only with REKEY_JWT_SECRET; get tokens from your identity provider instead',
    )
  }
  if (!readsOwnRights(jwt) && (scopes.length > 0 || applications.length > 0)) {
    throw new UsageError(
      '--scope and --application have no effect, because REKEY_GRANTS_FILE decides what a token grants; ' +
        'remove them, or set REKEY_JWT_SCOPE_CLAIM and REKEY_JWT_APPLICATIONS_CLAIM',
    )
  }
  const unsigned = new SignJWT(ownClaims(jwt, scopes, applications))
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

/**
 * Builds the claims that grant the rights. If the server reads scopes and applications from one claim, that claim has
 * both.
 */
function ownClaims(
  { scopeClaims, scopePrefix, applicationsClaims }: JwtConfig,
  scopes: readonly string[],
  applications: readonly string[] | '*',
) {
  const [scopeClaim = 'scope'] = scopeClaims
  const [applicationsClaim = 'applications'] = applicationsClaims
  const prefixed = scopes.map((scope) => scopePrefix + scope)
  return scopeClaim === applicationsClaim
    ? { [scopeClaim]: prefixed.concat(applications) }
    : { [scopeClaim]: prefixed.join(' '), [applicationsClaim]: applications }
}
