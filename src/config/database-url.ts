import type { DatabaseLocation } from './config.ts'
import { value } from './values.ts'

/** TLS options that the driver supports in a PostgreSQL URL. */
const tlsOptions = new Set(['ssl', 'sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'sslnegotiation'])

/** `sqlite:` followed by a path, or a PostgreSQL URL. */
export const databaseUrl = value((url, fault): DatabaseLocation => {
  const [, file] = /^sqlite:(.+)$/.exec(url) ?? []
  if (file !== undefined) return { kind: 'sqlite', file }
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    return fault('must be sqlite:path/to/file.db or postgres://user:password@host:port/database')
  const isMistaken = ([name, text]: [string, string]) =>
    tlsOptions.has(name) ? text === '' : /ssl|tls/i.test(name)
  // The driver would ignore an unknown or empty TLS option, and might connect without TLS.
  if ([...new URL(url).searchParams].some(isMistaken))
    return fault(`contains an unknown or empty TLS option; allowed options: ${[...tlsOptions].join(', ')}`)
  const location = new URL(url)
  const schema = location.searchParams.get('schema')
  if (schema === null) return { kind: 'postgres', url }
  if (!isSchemaName(schema))
    return fault(
      'contains an invalid schema; its name needs 1 to 63 letters, digits, underscores or hyphens, must begin with ' +
        'a letter or an underscore, and must not begin with pg_',
    )
  location.searchParams.delete('schema')
  return { kind: 'postgres', url: location.href, schema }
})

/** PostgreSQL reserves names that begin with `pg_` for itself. */
function isSchemaName(text: string): boolean {
  return /^[a-z_][\w-]{0,62}$/i.test(text) && !/^pg_/i.test(text)
}
