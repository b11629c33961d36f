import type { Grant } from './config.ts'
import { ConfigError } from './config-error.ts'
import type { GrantsFile } from './grants-file.ts'
import { toMatcher } from './pattern.ts'

/** Claims that identify the audience of a token, or the client that requested it. */
const audienceClaims = ['aud', 'azp', 'client_id']

interface Context {
  issuers: readonly string[]
  /** Whether each grant must itself limit the audience, because the configuration does not. */
  needsAudience: boolean
}

/**
 * Checks grants against the rest of the configuration, and compiles their patterns.
 * @throws ConfigError that lists every grant that could apply to tokens of another issuer or audience
 */
export function toGrants({ file, grants }: GrantsFile, { issuers, needsAudience }: Context): Grant[] {
  const faults = grants.flatMap(({ claims }, index) => {
    const place = `REKEY_GRANTS_FILE (${file}) [${index}].claims`
    return [
      ...(namesIssuer(claims['iss'], issuers)
        ? []
        : [`${place}.iss must match exactly one issuer in REKEY_JWT_ISSUER: ${issuers.join(', ')}`]),
      ...(needsAudience && !audienceClaims.some((claim) => /[^*]/.test(claims[claim] ?? ''))
        ? [
            `${place} must name aud, azp or client_id, because the issuer may sign tokens for others too; ` +
              'or set REKEY_JWT_AUDIENCE',
          ]
        : []),
    ]
  })
  if (faults.length > 0) throw new ConfigError(faults)
  return grants.map(({ claims, scope, applications }) => ({
    conditions: Object.entries(claims).map(([claim, pattern]) => ({ claim, matches: toMatcher(pattern) })),
    scopes: scope,
    applications: applications.includes('*') ? '*' : applications,
  }))
}

/** Whether the pattern names exactly one issuer. A grant may omit `iss` if at most one issuer is configured. */
function namesIssuer(pattern: string | undefined, issuers: readonly string[]): boolean {
  if (issuers.length === 0 || (issuers.length === 1 && pattern === undefined)) return true
  return pattern !== undefined && issuers.filter(toMatcher(pattern)).length === 1
}
