import { readFile } from 'node:fs/promises'
import type { Middleware } from 'koa'
import { type Asset, serveAssets } from './assets.ts'

const folder = new URL('../docs/', import.meta.url)

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // Scalar puts its style into the page from its script, and so does the editor in it.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  // Send reaches whatever base URL the reader enters.
  "connect-src 'self' http: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The reference page, at /docs. */
export function docs(): Middleware {
  return serveAssets(
    {
      '/docs': file('index.html', 'text/html; charset=utf-8'),
      '/docs/page.css': file('page.css', 'text/css; charset=utf-8'),
      ...Object.fromEntries(
        ['page', 'operations', 'reader', 'request', 'console', 'fields', 'feedback', 'element'].map(
          (name) => [`/docs/${name}.js`, file(`${name}.js`, 'text/javascript; charset=utf-8')],
        ),
      ),
      '/docs/scalar.js': async () => {
        const { scalarBundle } = await import('./scalar-bundle.ts')
        return { type: 'text/javascript; charset=utf-8', content: scalarBundle() }
      },
    },
    policy,
  )
}

function file(name: string, type: string): () => Promise<Asset> {
  return async () => ({ type, content: await readFile(new URL(name, folder)) })
}
