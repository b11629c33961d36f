import type { ConnectionOptions } from 'node:tls'
import { readCertificates } from './postgres-certificates.ts'
import type { PostgresParameter, PostgresSettings } from './postgres-settings.ts'

/** Parameters that mean nothing on an unencrypted connection. */
const tlsParameters: PostgresParameter[] = ['sslrootcert', 'sslcert', 'sslkey', 'ssl_min_protocol_version']

/**
 * Reads the TLS settings. `verify-ca` and `verify-full` mean what they mean in libpq. `require` means `verify-full`:
 * libpq would accept any certificate with it.
 * @param onSockets whether a server is a Unix socket, which PostgreSQL does not encrypt
 * @returns false if the connection is not encrypted
 * @throws ConfigError
 */
export function readTls(settings: PostgresSettings, onSockets: boolean): ConnectionOptions | false {
  const given = tlsParameters.find((name) => settings.get(name) !== undefined)
  const isDirect = readNegotiation(settings) === 'direct'
  const mode = settings.get('sslmode') ?? (given || isDirect ? 'verify-full' : 'disable')
  if (mode === 'allow' || mode === 'prefer')
    throw settings.fault(
      'sslmode',
      `is ${mode}, which lets an attacker turn encryption off; set it to verify-full, or to disable on a trusted network`,
    )
  if (!['disable', 'require', 'verify-ca', 'verify-full', 'no-verify'].includes(mode))
    throw settings.fault('sslmode', 'must be disable, require, verify-ca, verify-full or no-verify')
  if (mode === 'disable') {
    if (isDirect)
      throw settings.fault('sslnegotiation', 'is direct, but sslmode is disable; remove one of them')
    if (given) throw settings.fault(given, 'has no effect with sslmode=disable; remove one of them')
    return false
  }
  if (onSockets)
    throw settings.fault(
      settings.get('sslmode') ? 'sslmode' : (given ?? 'sslnegotiation'),
      'has no effect on a Unix socket, which PostgreSQL does not encrypt; remove it',
    )
  const root = settings.get('sslrootcert')
  if (mode === 'verify-ca' && (root === undefined || root === 'system'))
    throw settings.fault(
      'sslmode',
      'is verify-ca, which accepts every server whose certificate the CA has signed; set sslrootcert to the file of a ' +
        'private CA, or sslmode to verify-full',
    )
  if (mode === 'no-verify' && root !== undefined)
    throw settings.fault('sslrootcert', 'has no effect with sslmode=no-verify; set sslmode to verify-full')
  const context = readCertificates(settings)
  return {
    rejectUnauthorized: mode !== 'no-verify',
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
    get secureContext() {
      return context()
    },
  }
}

export function readNegotiation(settings: PostgresSettings): 'postgres' | 'direct' {
  const value = settings.get('sslnegotiation') ?? 'postgres'
  if (value === 'postgres' || value === 'direct') return value
  throw settings.fault('sslnegotiation', 'must be postgres or direct')
}
