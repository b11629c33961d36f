import type { z } from 'zod'
import type { OidcConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import type { variables } from './variables.ts'

type Values = z.infer<typeof variables>

/**
 * Reads the settings for signing in to the console at an identity provider. Returns undefined if they sign in with
 * a token only.
 * @throws ConfigError if a variable that these settings need is missing
 */
export function readOidcConfig(values: Values): OidcConfig | undefined {
  const { REKEY_OIDC_CLIENT_ID: clientId, REKEY_JWT_SECRET: secret } = values
  const others = ['REKEY_OIDC_SCOPE', 'REKEY_OIDC_RESOURCE', 'REKEY_OIDC_PARAMETERS'] as const
  const unused = others.filter((name) => values[name] !== undefined)
  if (clientId === undefined) {
    if (unused.length === 0) return undefined
    throw new ConfigError(
      unused.map((name) => `${name} needs REKEY_OIDC_CLIENT_ID; set it, or remove ${name}`),
    )
  }
  const [issuer] = values.REKEY_JWT_ISSUER ?? []
  if (issuer === undefined || !/^https?:$/.test(URL.parse(issuer)?.protocol ?? ''))
    throw new ConfigError([
      'REKEY_OIDC_CLIENT_ID needs REKEY_JWT_ISSUER, whose first entry must be the URL of the identity provider',
    ])
  if (secret !== undefined)
    throw new ConfigError([
      "REKEY_OIDC_CLIENT_ID needs the identity provider's keys; set REKEY_JWKS_URL or REKEY_JWT_PUBLIC_KEY_FILE instead of REKEY_JWT_SECRET",
    ])
  return {
    issuer,
    clientId,
    scope: values.REKEY_OIDC_SCOPE ?? 'openid',
    resource: values.REKEY_OIDC_RESOURCE,
    parameters: values.REKEY_OIDC_PARAMETERS ?? {},
  }
}
