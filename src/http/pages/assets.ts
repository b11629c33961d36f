import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Middleware } from 'koa'
import { requireGetOrHead } from '../request/allowed-methods.ts'

/** One file of a page. */
export interface Asset {
  /** Its media type, as `text/html; charset=utf-8`. */
  type: string
  content: string | Buffer
}

/** How each file of a page is got, by its path. */
export type Loaders = Record<string, () => Asset | Promise<Asset>>

interface Served {
  type: string
  plain: Buffer
  zipped: Buffer
  etag: string
}

/**
 * Serves the files of a page, each at exactly its path, and nothing else. A file is loaded when it is
 * first asked for, and kept.
 * @param policy the Content-Security-Policy under which the page runs
 */
export function serveAssets(loaders: Loaders, policy: string): Middleware {
  const kept = new Map<string, Promise<Served>>()
  return async (context, next) => {
    const load = Object.hasOwn(loaders, context.path) ? loaders[context.path] : undefined
    if (!load) return next() as Promise<void>
    requireGetOrHead(context)
    let asset = kept.get(context.path)
    if (!asset) {
      asset = prepare(load)
      kept.set(context.path, asset)
      // One that could not be read may be readable later.
      asset.catch(() => kept.delete(context.path))
    }
    const { type, plain, zipped, etag } = await asset
    context.set('Content-Security-Policy', policy)
    // Asked for again each time, since a new version has the same path.
    context.set('Cache-Control', 'no-cache')
    context.vary('Accept-Encoding')
    context.status = 200
    context.etag = etag
    context.type = type
    if (context.fresh) {
      context.status = 304
      return
    }
    const isZipped = context.acceptsEncodings('gzip', 'identity') === 'gzip'
    if (isZipped) context.set('Content-Encoding', 'gzip')
    context.body = isZipped ? zipped : plain
  }
}

async function prepare(load: () => Asset | Promise<Asset>): Promise<Served> {
  const { type, content } = await load()
  const plain = Buffer.from(content)
  return {
    type,
    plain,
    zipped: await promisify(gzip)(plain),
    // Weak, since it is that of both encodings (RFC 9110, section 8.8.1).
    etag: `W/"${createHash('sha256').update(plain).digest('base64url')}"`,
  }
}
