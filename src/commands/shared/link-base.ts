import type { Config } from '../../config/config.ts'

/**
 * Returns the URL with which links to the server's pages begin; undefined if it is unknown. Outside production, it is the
 * address on which a server with this configuration listens.
 */
export function linkBaseOf({ publicUrl, isProduction, host, port }: Config): string | undefined {
  if (publicUrl !== undefined) return publicUrl
  if (isProduction || port === 0) return undefined
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
