import type { Context, Next } from 'koa'

/** Headers for an API that no browser needs to render, frame or cache. */
export const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

const entries = new Map(Object.entries(headers))

export function securityHeaders(context: Context, next: Next): Promise<void> {
  context.res.setHeaders(entries)
  return next() as Promise<void>
}
