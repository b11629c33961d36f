import { statSync } from 'node:fs'
import { databaseFault } from './config-error.ts'

/** The forms in which other tools name SQLite databases, and why Rekey does not accept them. */
const otherForms: [RegExp, string][] = [
  [
    /^:memory:|[?&]mode=memory\b/,
    'names a database in memory, which loses every secret when Rekey stops; name a file, as in sqlite:./data/rekey.db',
  ],
  [/^file:/, 'contains file:, the start of a SQLite URI; write sqlite: and a plain path'],
  [
    /^\/\//,
    'begins with sqlite://, whose meaning differs between tools; write sqlite:/var/lib/rekey/rekey.db for an absolute ' +
      'path and sqlite:./data/rekey.db for a relative one',
  ],
  [
    /\?/,
    'contains a query string, but Rekey sets up SQLite itself; write sqlite: and the path alone, without the ? and ' +
      'what follows',
  ],
]

/**
 * Reads the path in a `sqlite:` URL. The path is plain text, without percent-encoding.
 * @throws ConfigError
 */
export function readSqliteFile(url: string): string {
  const file = url.slice('sqlite:'.length)
  const other = otherForms.find(([form]) => form.test(file))
  if (other) throw databaseFault(other[1])
  if (file === '') throw databaseFault('contains no path; write sqlite:path/to/file.db')
  if (/[/\\]$/.test(file) || statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw databaseFault('names a directory; add the name of a file in it, as in sqlite:./data/rekey.db')
  return file
}
