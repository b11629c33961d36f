import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Middleware } from 'koa'
import { requireGetOrHead } from '../request/allowed-methods.ts'

export interface Asset {
  /** Content type, as in `text/html; charset=utf-8`. */
  type: string
  content: string | Buffer
}

/** Functions that load a page's files, by URL path. */
export type Loaders = Record<string, () => Asset | Promise<Asset>>

interface Served {
  type: string
  plain: Buffer
  zipped: Buffer
  etag: string
}

/**
 * Serves each of a page's files at its exact path. Loads a file on its first request, and keeps it in memory.
 * @param policy the page's Content-Security-Policy
 * @param cacheControl defaults to revalidating every time, because a new version of a file has the same path
 */
export function serveAssets(loaders: Loaders, policy: string, cacheControl = 'no-cache'): Middleware {
  const kept = new Map<string, Promise<Served>>()
  return async (context, next) => {
    const load = Object.hasOwn(loaders, context.path) ? loaders[context.path] : undefined
    if (!load) return next() as Promise<void>
    requireGetOrHead(context)
    let asset = kept.get(context.path)
    if (!asset) {
      asset = prepare(load)
      kept.set(context.path, asset)
      // Retry a failed load on the next request.
      asset.catch(() => kept.delete(context.path))
    }
    const { type, plain, zipped, etag } = await asset
    context.set('Content-Security-Policy', policy)
    context.set('Cache-Control', cacheControl)
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
    // A weak ETag, because both encodings share it (RFC 9110, section 8.8.1).
    etag: `W/"${createHash('sha256').update(plain).digest('base64url')}"`,
  }
}
