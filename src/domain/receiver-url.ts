/**
 * Parses a webhook's URL.
 * @returns undefined if no HTTP client can post to exactly this URL: its host or port is invalid, or it has a user name
 * or password. Port 0 is invalid too, because Node's client would connect to the scheme's default port instead
 */
export function parseReceiverUrl(text: string): URL | undefined {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.port === '0') return
  return url
}
