import type { Context } from 'koa'

/**
 * Sets the body of a response, as JSON. Made into text here: of an object Koa asks whether it is a Response, and to
 * know that word loads undici.
 */
export function setJson(context: Context, value: object): void {
  setJsonText(context, JSON.stringify(value))
}

/** @param text undefined for a response without a body */
export function setJsonText(context: Context, text: string | undefined): void {
  if (text !== undefined) context.type = 'json'
  context.body = text ?? null
}
