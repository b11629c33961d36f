import type { Context, Middleware } from 'koa'

/** Returns the path of the public URL, as in `/rekey`, or an empty string if it has none. */
export function pathPrefixOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '')
}

/**
 * Removes the prefix from a request's path. A path without the prefix stays as it is, because some proxies remove the
 * prefix themselves.
 */
export function removePathPrefix(prefix: string): Middleware {
  return async (context: Context, next) => {
    const [path = ''] = context.url.split('?')
    if (path === prefix || path.startsWith(`${prefix}/`))
      context.url = context.url.slice(prefix.length).replace(/^(?!\/)/, '/')
    await next()
  }
}
