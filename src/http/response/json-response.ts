import type { Context } from 'koa'

/**
 * Sets a JSON body. Serializes it here, because Koa checks an object against the global Response, and that loads
 * undici.
 */
export function setJson(context: Context, value: object): void {
  setJsonText(context, JSON.stringify(value))
}

/** @param text undefined for a response without a body */
export function setJsonText(context: Context, text: string | undefined): void {
  if (text !== undefined) context.type = 'json'
  context.body = text ?? null
}
