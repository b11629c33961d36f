import type { z } from 'zod'
import type { JwtConfig, JwtKeySource, KeySetLocation } from './config.ts'
import { ConfigError } from './config-error.ts'
import { algorithmsFor, withBothNames } from './jwt-algorithms.ts'
import type { variables } from './variables.ts'

type Values = z.infer<typeof variables>

/**
 * Derives how tokens are verified from the values of the variables.
 * @throws ConfigError if values that are valid alone do not fit together
 */
export function readJwtConfig(values: Values): JwtConfig {
  const keys = keySource(values)
  return {
    keys,
    algorithms: allowedAlgorithms(values, keys),
    issuers: values.REKEY_JWT_ISSUER ?? [],
    audiences: values.REKEY_JWT_AUDIENCE ?? [],
    clockToleranceSeconds: values.REKEY_JWT_CLOCK_TOLERANCE_SECONDS,
    scopeClaims: values.REKEY_JWT_SCOPE_CLAIM,
    scopePrefix: values.REKEY_JWT_SCOPE_PREFIX ?? '',
    applicationsClaims: values.REKEY_JWT_APPLICATIONS_CLAIM,
  }
}

function keySource(values: Values): JwtKeySource {
  const { REKEY_JWT_SECRET: secret, REKEY_JWT_PUBLIC_KEY_FILE: keys, REKEY_JWKS_URL: urls } = values
  if (urls) return { kind: 'jwks', sets: keySets(urls, values) }
  if ((values.REKEY_JWT_ISSUER ?? []).length > 1)
    throw new ConfigError([
      'REKEY_JWT_ISSUER lists several issuers, but only REKEY_JWKS_URL can list the keys of each; set one issuer',
    ])
  if (values.REKEY_JWKS_TOKEN_FILE)
    throw new ConfigError([
      'REKEY_JWKS_TOKEN_FILE needs REKEY_JWKS_URL; set that URL, or remove this variable',
    ])
  return keys ? { kind: 'publicKeys', keys } : { kind: 'secret', secret: Buffer.from(secret ?? '') }
}

function keySets(urls: string[], values: Values): KeySetLocation[] {
  const issuers = values.REKEY_JWT_ISSUER ?? []
  const tokenFiles = values.REKEY_JWKS_TOKEN_FILE ?? []
  const misfits = [
    ...(issuers.length !== urls.length && (issuers.length > 0 || urls.length > 1)
      ? [unpaired('REKEY_JWT_ISSUER', issuers.length, urls.length)]
      : []),
    ...(tokenFiles.length !== urls.length && tokenFiles.length > 0
      ? [
          `${unpaired('REKEY_JWKS_TOKEN_FILE', tokenFiles.length, urls.length)}; leave an entry empty for a URL without a token`,
        ]
      : []),
  ]
  if (misfits.length > 0) throw new ConfigError(misfits)
  return urls.map((url, index) => ({
    issuer: issuers[index],
    url: new URL(url),
    tokenFile: tokenFiles[index],
  }))
}

function unpaired(name: string, entries: number, urls: number): string {
  return `${name} has ${entries} entries, but REKEY_JWKS_URL has ${urls}; give them the same number, because they pair by position`
}

function allowedAlgorithms({ REKEY_JWT_ALGORITHMS: chosen }: Values, keys: JwtKeySource): string[] {
  const fitting = algorithmsFor(keys)
  const allowed = withBothNames(chosen ?? fitting)
  const misfits = allowed.filter((algorithm) => !fitting.includes(algorithm))
  if (misfits.length === 0) return allowed
  throw new ConfigError([
    `REKEY_JWT_ALGORITHMS contains ${misfits.join(', ')}, which the configured keys cannot verify; ` +
      `algorithms allowed for these keys: ${fitting.join(', ')}`,
  ])
}
