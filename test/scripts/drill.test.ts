import { createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { deliver, type DeliveryReport } from '../../scripts/drill/deliveries.ts'
import { Outages } from '../../scripts/drill/outages.ts'
import { listen } from '../support/listen.ts'

type Reply = [status: number, body: object]
interface Service {
  rotate: () => Reply
  revoke: () => Reply
  sign: (payload: string) => Reply
}

/** Enough messages that the webhook's first keys have been revoked by then. */
const untilRevoked = 200
/** Enough messages that the receiver has switched to a new secret by then. */
const untilSwitched = 60

/** Delivers messages that the service signs, until the drill has requested this many signatures. */
async function drill({ rotate, revoke, sign }: Service, messages: number): Promise<DeliveryReport> {
  const stopping = new AbortController()
  let asked = 0
  const server = createServer((request, response) => {
    if (request.method === 'POST' && ++asked === messages) stopping.abort()
    void readJson(request).then((body) => {
      const { method } = request
      const [status, answer] =
        method === 'PATCH' ? rotate() : method === 'DELETE' ? revoke() : sign(body.payload)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  const origin = `http://127.0.0.1:${await listen(server)}`
  return deliver({
    webhooks: [{ applicationId: 'app_1', webhookId: 'hook_1' }],
    token: 'token',
    origin: () => origin,
    outages: new Outages(),
    until: stopping.signal,
  })
}

async function readJson(request: IncomingMessage): Promise<{ payload: string }> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return JSON.parse(Buffer.concat(parts).toString() || '{}') as { payload: string }
}

interface Conduct {
  /** How many of the newest live secrets sign. */
  signing: number
  /** Whether a revocation takes effect. */
  revokes: boolean
}

function service({ signing, revokes }: Conduct): Service {
  let live: string[] = []
  return {
    rotate() {
      const signingSecret = `whsec_${randomBytes(32).toString('base64')}`
      live.push(signingSecret)
      return [200, { signingSecret }]
    },
    revoke() {
      if (revokes) live = live.slice(-1)
      return [200, {}]
    },
    sign(payload) {
      const signatures = live.slice(-signing).map((secret) => {
        const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
        return `v1,${createHmac('sha256', key).update(`msg_1.1.${payload}`).digest('base64')}`
      })
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': '1',
        'webhook-signature': signatures.join(' '),
      }
      return [200, { headers }]
    },
  }
}

const kindsOf = ({ broken }: DeliveryReport) => [...new Set(broken.map((text) => text.replace(/^.*?: /, '')))]

test('a drill reports nothing for a server that signs with every live secret', async () => {
  const report = await drill(service({ signing: 10, revokes: true }), untilRevoked)
  expect(report.broken).toEqual([])
  expect(report.delivered).toBeGreaterThanOrEqual(untilRevoked - 1)
  expect(report.revocations).toBe(1)
})

test('a drill reports a message that verifies only with a secret its receiver does not have yet', async () => {
  const report = await drill(service({ signing: 1, revokes: true }), untilSwitched)
  expect(kindsOf(report)).toEqual(["a message does not verify with its receiver's secret"])
})

test('a drill reports a message that is signed with a revoked secret', async () => {
  const report = await drill(service({ signing: 10, revokes: false }), untilRevoked)
  expect(kindsOf(report)).toEqual(['a message is signed with a revoked secret'])
})

test('a drill reports a signature that fails without an outage', async () => {
  const report = await drill(
    { ...service({ signing: 10, revokes: true }), sign: () => [503, {}] },
    untilSwitched,
  )
  expect(kindsOf(report)).toEqual(['a signature failed with 503: {}'])
})
