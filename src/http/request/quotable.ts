/**
 * Whether a response and the log may repeat a property name that the caller chose: short, visible ASCII, nothing that
 * ends a quotation, no secret. The shortest secret, 24 bytes in base64, has 32 characters without its prefix.
 */
export function isQuotableName(name: string): boolean {
  return /^[!#-[\]-_a-~]{1,31}$/.test(name) && !name.includes('whsec_')
}

/** Whether a response and the log may repeat an ID that is not validated yet. */
export function isQuotableId(id: string): boolean {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(id) && !id.includes('whsec_')
}
