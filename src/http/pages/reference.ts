import type { Middleware } from 'koa'
import { listFiles, readHtml, servePage } from './serve-page.ts'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // Scalar and its editor insert style elements.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  // The Send button calls any base URL that the reader enters.
  "connect-src 'self' http: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Serves the reference page at `/docs`. */
export async function createDocs(): Promise<Middleware> {
  return servePage({
    path: '/docs',
    html: await readHtml('web/reference'),
    files: {
      '/docs/scalar.js': async () => {
        const { scalarBundle } = await import('./scalar-bundle.ts')
        return { type: 'text/javascript; charset=utf-8', content: scalarBundle() }
      },
      // In `dist/`, this includes Scalar's script as a file.
      ...(await listFiles('web/reference', '/docs')),
    },
    policy,
  })
}
