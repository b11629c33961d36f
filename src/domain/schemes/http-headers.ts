/** The fields of RFC 9110 to 9112 and RFC 6265, and the connection headers that older HTTP uses. */
const definedByHttp = new Set(
  `accept accept-charset accept-encoding accept-language accept-ranges age allow authentication-info authorization
  cache-control close connection content-encoding content-language content-length content-location content-range
  content-type cookie date etag expect expires from host if-match if-modified-since if-none-match if-range
  if-unmodified-since keep-alive last-modified location max-forwards mime-version pragma proxy-authenticate
  proxy-authentication-info proxy-authorization proxy-connection range referer retry-after server set-cookie te trailer
  transfer-encoding upgrade user-agent vary via warning www-authenticate`.split(/\s+/),
)

/** Whether a header has a meaning in HTTP itself, so that it cannot carry a signature. */
export function isDefinedByHttp(name: string): boolean {
  return definedByHttp.has(name.toLowerCase())
}
