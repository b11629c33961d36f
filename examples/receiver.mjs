// Receives webhooks with Node's standard library. WEBHOOK_SECRETS holds the secret, or, during an overlap, the old
// and the new one, separated by a space. Deduplicate by webhook-id: a sender that gets no response delivers again.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'

const { WEBHOOK_SECRETS, PORT } = process.env
const keys = WEBHOOK_SECRETS.split(' ').map((secret) => Buffer.from(secret.replace('whsec_', ''), 'base64'))
if (keys.some((key) => key.length < 24))
  throw new Error('WEBHOOK_SECRETS: each secret must have at least 24 bytes')

function isVerified(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - timestamp) > 300) return false
  const valid = keys.map((key) => {
    const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body)
    return Buffer.from(`v1,${hmac.digest('base64')}`)
  })
  const sent = signatures.split(' ').map((signature) => Buffer.from(signature))
  return sent.some((one) => valid.some((other) => one.length === other.length && timingSafeEqual(one, other)))
}

const server = createServer(async (request, response) => {
  try {
    // The raw body: JSON that was parsed and serialized again may differ.
    const body = await buffer(request)
    response.writeHead(isVerified(request.headers, body) ? 204 : 401).end()
  } catch {
    response.destroy() // The sender hung up.
  }
})
server.listen(PORT, '127.0.0.1')
