import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export const oneSignatureSchemes = ['github', 'shopify', 'slack'] as const

type OneSignatureScheme = (typeof oneSignatureSchemes)[number]

/** Verifies a message as a receiver that knows one secret, independently of Rekey's code. */
export function isVerified(
  scheme: OneSignatureScheme,
  secret: string,
  headers: IncomingHttpHeaders,
  body: string,
): boolean {
  const hmac = (content: string) => createHmac('sha256', secret).update(content)
  switch (scheme) {
    case 'github':
      return headers['x-hub-signature-256'] === `sha256=${hmac(body).digest('hex')}`
    case 'shopify':
      return headers['x-shopify-hmac-sha256'] === hmac(body).digest('base64')
    case 'slack': {
      const time = headers['x-slack-request-timestamp']
      return headers['x-slack-signature'] === `v0=${hmac(`v0:${String(time)}:${body}`).digest('hex')}`
    }
  }
}

/** Returns headers as a receiver reads them, with names in lower case. */
export function asReceived(headers: Record<string, string>): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
