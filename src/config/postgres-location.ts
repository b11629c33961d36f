import { userInfo } from 'node:os'
import type { Environment, PostgresLocation, PostgresServer } from './config.ts'
import { databaseFault } from './config-error.ts'
import { PostgresSettings } from './postgres-settings.ts'
import { readNegotiation, readTls } from './postgres-tls.ts'

/** How long to wait for a connection if `connect_timeout` is not set, in seconds. */
const defaultTimeoutSeconds = 3

/** The longest path of a Unix socket in bytes, on Linux. */
const maxSocketPath = 107

/**
 * Reads a PostgreSQL URL. libpq's environment variables and defaults apply to what it leaves out, except that it must
 * contain a host.
 * @throws ConfigError
 */
export function readPostgresLocation(url: string, environment: Environment): PostgresLocation {
  const settings = new PostgresSettings(url, environment)
  const servers = readServers(settings)
  const ssl = readTls(settings, servers.some(isSocket))
  const channelBinding = readChannelBinding(settings, ssl !== false)
  const user = settings.get('user') ?? systemUser()
  const schema = readSchema(settings)
  return {
    kind: 'postgres',
    servers,
    targetSession: readTargetSession(settings, servers.length),
    ...(schema !== undefined && { schema }),
    requireChannelBinding: channelBinding === 'require',
    client: {
      user,
      password: settings.get('password'),
      database: settings.get('dbname') ?? user,
      ssl,
      sslnegotiation: readNegotiation(settings),
      enableChannelBinding: channelBinding !== 'disable',
      application_name: settings.get('application_name') ?? 'rekey',
      options: readOptions(settings),
      connectionTimeoutMillis: readTimeout(settings) * 1_000,
    },
  }
}

function isSocket({ host }: PostgresServer): boolean {
  return host.startsWith('/')
}

function readServers(settings: PostgresSettings): PostgresLocation['servers'] {
  const hosts = settings.get('host')?.split(',') ?? []
  const ports = (settings.get('port') ?? '').split(',').map((port) => (port === '' ? '5432' : port))
  if (ports.length > 1 && ports.length !== hosts.length)
    throw settings.fault(
      'port',
      `lists ${ports.length} ports for ${hosts.length} hosts; list one for each, or one for all`,
    )
  const [first, ...others] = hosts.map((host, index): PostgresServer => {
    const port = ports[ports.length > 1 ? index : 0] ?? ''
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
      throw settings.fault(
        'port',
        'must be a number from 1 to 65535, or one for each host, separated by commas',
      )
    if (!/^\/|^[^\s/@]+$/.test(host))
      throw settings.fault(
        'host',
        'must be a host name, an address or the absolute path of a folder with a Unix socket',
      )
    if (host.startsWith('/') && Buffer.byteLength(`${host}/.s.PGSQL.${port}`) > maxSocketPath)
      throw settings.fault(
        'host',
        `is too long: the path of a Unix socket has at most ${maxSocketPath} bytes; use a symbolic link`,
      )
    return { host, port: Number(port) }
  })
  if (first) return [first, ...others]
  throw databaseFault(
    'contains no host; write postgres://user:password@host/database, or ?host=/var/run/postgresql for a Unix socket',
  )
}

function readTargetSession(settings: PostgresSettings, servers: number): PostgresLocation['targetSession'] {
  const value = settings.get('target_session_attrs') ?? (servers > 1 ? 'read-write' : 'any')
  if (value === 'any' || value === 'read-write' || value === 'primary') return value
  throw settings.fault(
    'target_session_attrs',
    'must be read-write, primary or any, because Rekey writes to the database',
  )
}

function readChannelBinding(settings: PostgresSettings, isEncrypted: boolean): string {
  const value = settings.get('channel_binding') ?? 'disable'
  if (!['disable', 'prefer', 'require'].includes(value))
    throw settings.fault('channel_binding', 'must be disable, prefer or require')
  if (value === 'require' && !isEncrypted)
    throw settings.fault('channel_binding', 'is require, which needs TLS; set sslmode=verify-full')
  return value
}

/** @throws Error if the operating system does not know the user */
function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    throw databaseFault('contains no user; write postgres://user:password@host/database')
  }
}

function readSchema(settings: PostgresSettings): string | undefined {
  const schema = settings.get('schema')
  // PostgreSQL reserves names that begin with pg_ for itself.
  if (schema === undefined || (/^[a-z_][\w-]{0,62}$/i.test(schema) && !/^pg_/i.test(schema))) return schema
  throw settings.fault(
    'schema',
    'must have 1 to 63 letters, digits, underscores or hyphens, begin with a letter or an underscore, and not begin ' +
      'with pg_',
  )
}

function readOptions(settings: PostgresSettings): string | undefined {
  const options = settings.get('options')
  if (options?.includes('search_path'))
    throw settings.fault(
      'options',
      'sets search_path, which Rekey would ignore; write schema=NAME in DATABASE_URL',
    )
  return options
}

function readTimeout(settings: PostgresSettings): number {
  const text = settings.get('connect_timeout') ?? String(defaultTimeoutSeconds)
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 600) return Number(text)
  throw settings.fault('connect_timeout', 'must be a whole number of seconds from 1 to 600')
}
