// Delivers one event to many webhooks: `node fan-out.mjs '{"type":"invoice.paid"}' hook_1=URL hook_2=URL …`. One request
// to Rekey signs for all. While Rekey or a receiver is down, what is not delivered stays in the queue.
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'

const { REKEY_URL, REKEY_TOKEN, APPLICATION_ID } = process.env
const [payload, ...targets] = process.argv.slice(2)
const messageId = `msg_${randomUUID()}`
// Keep it in your database or message broker, so that it survives a restart of the sender.
const queue = new Map(targets.map((target) => target.split(/=(.*)/)))

async function post(url, headers, body) {
  headers['content-type'] = 'application/json'
  const limits = { redirect: 'manual', signal: AbortSignal.timeout(10_000) }
  const response = await fetch(url, { method: 'POST', headers, body, ...limits })
  if (!response.ok) throw new Error(`${response.status} from ${url}`)
  return response
}

async function deliverAll() {
  // Sign before each attempt, so that the timestamp is fresh and keys revoked in the meantime do not sign.
  const url = `${REKEY_URL}/api/v1/applications/${APPLICATION_ID}/signatures`
  const body = JSON.stringify({ webhookIds: [...queue.keys()].slice(0, 1000), payload, messageId })
  const { items } = await (await post(url, { authorization: `Bearer ${REKEY_TOKEN}` }, body)).json()
  const deliveries = items.map(async ({ webhookId, headers, error }) => {
    if (error) throw new Error(`${webhookId}: ${error.message}`)
    await post(queue.get(webhookId), headers, payload)
    queue.delete(webhookId)
  })
  const results = await Promise.allSettled(deliveries)
  for (const { reason } of results) if (reason) console.log(String(reason))
}

for (let attempt = 0; attempt < 12 && queue.size > 0; attempt++) {
  if (attempt > 0) await wait(Math.min(2 ** (attempt - 1), 60) * 1000 * (0.5 + Math.random() / 2))
  await deliverAll().catch((error) => console.log(String(error)))
}
console.log(`${targets.length - queue.size} delivered, ${queue.size} not`)
process.exitCode = queue.size > 0 ? 1 : 0
