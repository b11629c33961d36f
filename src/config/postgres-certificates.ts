import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, getCACertificates, type SecureContext, type SecureVersion } from 'node:tls'
import type { PostgresSettings } from './postgres-settings.ts'

const files = ['sslrootcert', 'sslcert', 'sslkey'] as const
type Texts = Partial<Record<(typeof files)[number], string>>

/**
 * Returns a function that returns the certificates and the key for one connection. It reads the files each time, so
 * that renewed certificates need no restart. While one of them cannot be used, it returns what it returned before.
 * @throws ConfigError if a file cannot be used now
 */
export function readCertificates(settings: PostgresSettings): () => SecureContext {
  if ((settings.get('sslcert') === undefined) !== (settings.get('sslkey') === undefined))
    throw settings.fault(
      settings.get('sslcert') ? 'sslcert' : 'sslkey',
      'works only with both sslcert and sslkey',
    )
  const minVersion = readMinVersion(settings)
  let texts = readTexts(settings)
  // The certificates of the system are many, and are loaded only for a connection.
  let context = Object.keys(texts).length > 0 ? createContext(settings, texts, minVersion) : undefined
  return () => {
    try {
      const newTexts = readTexts(settings)
      if (context && files.every((name) => newTexts[name] === texts[name])) return context
      context = createContext(settings, newTexts, minVersion)
      texts = newTexts
      return context
    } catch (error) {
      if (context) return context
      throw error
    }
  }
}

function readMinVersion(settings: PostgresSettings): SecureVersion {
  const version = settings.get('ssl_min_protocol_version') ?? 'TLSv1.2'
  if (version === 'TLSv1.2' || version === 'TLSv1.3') return version
  throw settings.fault('ssl_min_protocol_version', 'must be TLSv1.2 or TLSv1.3')
}

function readTexts(settings: PostgresSettings): Texts {
  const texts: Texts = {}
  for (const name of files) {
    const file = settings.get(name)
    if (file === undefined || (name === 'sslrootcert' && file === 'system')) continue
    try {
      texts[name] = readFileSync(file, 'utf8')
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      throw settings.fault(name, `names a file that cannot be read (${code}): ${file}`)
    }
  }
  return texts
}

function createContext(settings: PostgresSettings, texts: Texts, minVersion: SecureVersion): SecureContext {
  const { sslrootcert: root, sslcert: cert, sslkey: key } = texts
  const ca = root ?? (settings.get('sslrootcert') && [...new Set(getCACertificates('system'))])
  try {
    // Node.js ignores a CA file that contains no certificate.
    if (root !== undefined) new X509Certificate(root)
  } catch {
    throw settings.fault('sslrootcert', 'names a file that contains no certificate in PEM format')
  }
  try {
    return createSecureContext({ minVersion, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw settings.fault(
      'sslcert',
      `and sslkey must name a certificate and its unencrypted key, both in PEM format (${reason})`,
    )
  }
}
