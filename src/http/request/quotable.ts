/** Matches the beginning of a signing secret or a private key. */
const secret = /whs(?:ec|k)_/

/**
 * Whether a response and the log may repeat a property name that the caller chose. The name must be visible ASCII
 * without double quotes, backslashes or backticks, and too short for a secret: the shortest secret has 32 characters
 * after its prefix.
 */
export function isQuotableName(name: string): boolean {
  return /^[!#-[\]-_a-~]{1,31}$/.test(name) && !secret.test(name)
}

/** Whether a response and the log may repeat an ID that is not validated yet. */
export function isQuotableId(id: string): boolean {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(id) && !secret.test(id)
}
