import type { Middleware } from 'koa'
import type { Config } from '../../config/config.ts'

/** Redirects a browser from the server's root to the reference, or else the console. Other clients get the usual 404. */
export function redirectFromRoot(pages: Config['pages'], publicUrl = '.'): Middleware {
  return (context, next) => {
    const isRead = context.method === 'GET' || context.method === 'HEAD'
    if (context.path !== '/' || !isRead || context.accepts('json', 'html') !== 'html') return next()
    context.redirect(`${publicUrl}/${pages.reference ? 'docs' : 'console'}`)
    return undefined
  }
}
