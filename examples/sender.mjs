// Delivers one webhook: `node sender.mjs '{"type":"invoice.paid"}'`. Rekey signs; this program sends the bytes that
// Rekey signed. REKEY_TOKEN needs only the scope messages:sign.
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'

const { REKEY_URL, REKEY_TOKEN, APPLICATION_ID, WEBHOOK_ID, RECEIVER_URL } = process.env
const [payload] = process.argv.slice(2)
// The same for every attempt, so that the receiver recognizes a message that it already has.
const messageId = `msg_${randomUUID()}`

async function deliver() {
  // Sign before each attempt, so that the timestamp is fresh and keys revoked in the meantime do not sign.
  const path = `/api/v1/applications/${APPLICATION_ID}/webhooks/${WEBHOOK_ID}/signatures`
  const signed = await fetch(REKEY_URL + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${REKEY_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ payload, messageId }),
    signal: AbortSignal.timeout(10_000),
  })
  if (!signed.ok) throw new Error(`Rekey: ${signed.status} ${await signed.text()}`)
  const { headers } = await signed.json()
  const delivered = await fetch(RECEIVER_URL, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: payload,
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
  })
  if (!delivered.ok) throw new Error(`receiver: ${delivered.status}`)
  return delivered.status
}

for (const seconds of [1, 5, 25, 0]) {
  const result = await deliver().catch((error) => error)
  console.log(messageId, String(result))
  if (typeof result === 'number') break
  if (seconds === 0) process.exitCode = 1
  else await wait(seconds * 1000)
}
