import type { Middleware } from 'koa'
import type { Asset, Loaders } from '../assets.ts'
import { listFiles, servePage } from '../serve-page.ts'
import { operations, type Operation } from './document.ts'
import { page, type Site } from './page.ts'

/** The operation that `/docs` shows. */
const first = 'rotateWebhookSecret'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  // The Send button calls any base URL that the reader enters.
  "connect-src 'self' http: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Serves the reference: a page at `/docs/<operationId>` for each operation, an overview, and the rotation at `/docs`. */
export async function createReference(site: Site): Promise<Middleware> {
  const load = (operation: Operation | undefined) => () => ({
    type: 'text/html; charset=utf-8',
    content: page(operation, '../', site),
  })
  const files = await listFiles('web/reference', '/docs')
  return servePage({
    path: '/docs',
    html: page(
      operations.find(({ operationId }) => operationId === first),
      './',
      site,
    ),
    files: {
      ...files,
      '/assets/reference.css': joined({ ...(await listFiles('web/shared', '/assets')), ...files }),
      '/docs/overview': load(undefined),
      ...Object.fromEntries(
        operations.map((operation) => [`/docs/${operation.operationId}`, load(operation)]),
      ),
    },
    policy,
  })
}

/** Joins the style sheets among the files, so that the first view waits for a single one. */
function joined(files: Loaders): () => Promise<Asset> {
  const sheets = Object.entries(files).filter(([path]) => path.endsWith('.css'))
  return async () => {
    const loaded = await Promise.all(sheets.map(async ([, load]) => (await load()).content.toString()))
    return { type: 'text/css; charset=utf-8', content: loaded.join('\n') }
  }
}
