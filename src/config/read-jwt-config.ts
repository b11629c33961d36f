import type { z } from 'zod'
import type { JwtConfig, JwtKeySource, KeySetLocation } from './config.ts'
import { ConfigError } from './config-error.ts'
import { toGrants } from './grants.ts'
import { algorithmsFor, withBothNames } from './jwt-algorithms.ts'
import type { variables } from './variables.ts'

type Values = z.infer<typeof variables>

/**
 * Builds the configuration for verifying tokens from the values of the variables.
 * @param isSet returns whether a variable is set, as opposed to having its default value
 * @throws ConfigError if values that are valid on their own contradict each other
 */
export function readJwtConfig(values: Values, isSet: (name: keyof Values) => boolean): JwtConfig {
  const keys = keySource(values)
  const issuers = values.REKEY_JWT_ISSUER ?? []
  const audiences = values.REKEY_JWT_AUDIENCE ?? []
  const { REKEY_GRANTS_FILE: grantsFile } = values
  // With a grants file, a token's scopes and applications count only if the variables that name their claims are set.
  const own = (name: 'REKEY_JWT_SCOPE_CLAIM' | 'REKEY_JWT_APPLICATIONS_CLAIM') =>
    grantsFile === undefined || isSet(name) ? values[name] : []
  return {
    keys,
    algorithms: allowedAlgorithms(values, keys),
    issuers,
    audiences,
    clockToleranceSeconds: values.REKEY_JWT_CLOCK_TOLERANCE_SECONDS,
    scopeClaims: own('REKEY_JWT_SCOPE_CLAIM'),
    scopePrefix: values.REKEY_JWT_SCOPE_PREFIX ?? '',
    applicationsClaims: own('REKEY_JWT_APPLICATIONS_CLAIM'),
    subjectClaim: values.REKEY_JWT_SUBJECT_CLAIM,
    grants: grantsFile
      ? toGrants(grantsFile, { issuers, needsAudience: keys.kind === 'jwks' && audiences.length === 0 })
      : [],
  }
}

function keySource(values: Values): JwtKeySource {
  const { REKEY_JWT_SECRET: secret, REKEY_JWT_PUBLIC_KEY_FILE: keys, REKEY_JWKS_URL: urls } = values
  if (urls) return { kind: 'jwks', sets: keySets(urls, values) }
  if ((values.REKEY_JWT_ISSUER ?? []).length > 1)
    throw new ConfigError([
      'REKEY_JWT_ISSUER lists several issuers, but REKEY_JWKS_URL is not set; set it with one URL for each issuer, or set only one issuer',
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
  const faults = []
  if (issuers.length !== urls.length && (issuers.length > 0 || urls.length > 1))
    faults.push(unpaired('REKEY_JWT_ISSUER', issuers.length, urls.length))
  if (tokenFiles.length !== urls.length && tokenFiles.length > 0)
    faults.push(
      `${unpaired('REKEY_JWKS_TOKEN_FILE', tokenFiles.length, urls.length)}, or leave it empty where a URL needs no token`,
    )
  if (faults.length > 0) throw new ConfigError(faults)
  return urls.map((url, index) => ({
    issuer: issuers[index],
    url: new URL(url),
    tokenFile: tokenFiles[index],
  }))
}

function unpaired(name: string, entries: number, urls: number): string {
  return `REKEY_JWKS_URL and ${name} pair by position, but have ${urls} and ${entries} entries; list one for each URL`
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
