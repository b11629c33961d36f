import type { Context } from 'koa'

/**
 * Sets the body of an answer, as JSON. Made into text here: of an object Koa asks whether it is a Response, and to
 * know that word loads undici.
 */
export function setJson(context: Context, value: object): void {
  context.type = 'json'
  context.body = JSON.stringify(value)
}
