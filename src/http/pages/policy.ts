import { createHash } from 'node:crypto'

/**
 * Builds a CSP that allows only the page's own modules and its import map to run, and allows requests only to this
 * server.
 * @param html the page, with at most one import map
 * @param otherOrigin another origin to which the page may send requests
 */
export function policyFor(html: string, otherOrigin?: string): string {
  const importMap = /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? ''
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${createHash('sha256').update(importMap).digest('base64')}'`,
    "style-src 'self'",
    `connect-src 'self'${otherOrigin === undefined ? '' : ` ${otherOrigin}`}`,
    "font-src 'self'",
    "img-src 'self' data:",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')
}
