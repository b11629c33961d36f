import type { Context } from 'koa'

/**
 * Sets a JSON body. Serializes the value here: if the body were an object, Koa would access the global `Response`,
 * which loads undici.
 */
export function setJson(context: Context, value: object): void {
  setJsonText(context, JSON.stringify(value))
}

/**
 * Sets a body that is already serialized as JSON.
 * @param text undefined for a response without a body
 */
export function setJsonText(context: Context, text: string | undefined): void {
  // The same as `context.type = 'json'`, which looks the type up.
  if (text !== undefined) context.set('Content-Type', 'application/json; charset=utf-8')
  context.body = text ?? null
}
