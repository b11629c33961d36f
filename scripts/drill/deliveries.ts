import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { KeyOwner } from '../../src/domain/signing-key.ts'
import type { Outages } from './outages.ts'

const payload = JSON.stringify({ type: 'invoice.paid', data: { id: 'in_1' } })
/** The longest overlap that Rekey allows, in seconds. */
const overlapSeconds = 604_800
/** Number of messages that a webhook gets in each phase of a rotation. */
const messagesInPhase = 20
/**
 * Number of rotations after which the previous keys are revoked, so that a webhook stays below the limit of 10 live
 * keys.
 */
const rotationsUntilRevocation = 3

export interface DeliveryOptions {
  webhooks: readonly KeyOwner[]
  token: string
  /** Returns the origin of a server that should respond. */
  origin: () => string
  outages: Outages
  until: AbortSignal
}

/** The results of the innocent tenant's deliveries and rotations. */
export interface DeliveryReport {
  delivered: number
  rotations: number
  revocations: number
  /** Signatures that failed or got no response while something was deliberately down. */
  failedInOutage: number
  /** Milliseconds that each signature took while nothing was deliberately down. */
  timesMs: number[]
  broken: string[]
}

/**
 * Delivers messages to receivers that verify them, and rotates the receivers' secrets. A receiver has only one secret
 * at a time, and keeps the old one for some messages after a rotation. After a few rotations, the previous keys are
 * revoked.
 */
export async function deliver(options: DeliveryOptions): Promise<DeliveryReport> {
  const report: DeliveryReport = {
    delivered: 0,
    rotations: 0,
    revocations: 0,
    failedInOutage: 0,
    timesMs: [],
    broken: [],
  }
  await Promise.all(options.webhooks.map((webhook) => deliverTo(webhook, options, report)))
  return report
}

async function deliverTo(webhook: KeyOwner, options: DeliveryOptions, report: DeliveryReport): Promise<void> {
  const { until } = options
  const isOver = () => until.aborted
  const path = `/api/v1/applications/${webhook.applicationId}/webhooks/${webhook.webhookId}`
  const revoked: string[] = []
  let previous: string[] = []
  let receiver = await rotate()

  while (!until.aborted) {
    await sendMessages()
    const secret = await rotate()
    await sendMessages()
    previous.push(receiver)
    receiver = secret
    await sendMessages()
    if (previous.length < rotationsUntilRevocation) continue
    await untilDone(() => send('DELETE', `${path}/secret/previous`))
    report.revocations++
    revoked.push(...previous.filter((text) => text !== ''))
    previous = []
  }

  async function rotate(): Promise<string> {
    const headers = { 'idempotency-key': randomUUID() }
    const text = await untilDone(() => send('PATCH', `${path}/secret`, { overlapSeconds }, headers))
    report.rotations++
    return text === undefined ? '' : (JSON.parse(text) as { signingSecret: string }).signingSecret
  }

  /** Repeats a request until it succeeds. @returns undefined if the drill ends first */
  async function untilDone(request: () => Promise<Response | undefined>): Promise<string | undefined> {
    while (!until.aborted) {
      const response = await request()
      const text = await response?.text().catch(() => undefined)
      if (response?.ok && text !== undefined) return text
      // A refusal that a retry cannot resolve is a fault.
      if (response && response.status < 500 && response.status !== 409 && response.status !== 429)
        report.broken.push(`${path}: a change returned ${response.status}: ${text}`)
      await delay(100)
    }
    return undefined
  }

  async function sendMessages(): Promise<void> {
    for (let i = 0; i < messagesInPhase && !until.aborted; i++) {
      const begin = performance.now()
      const response = await send('POST', `${path}/signatures`, { payload })
      const text = await response?.text().catch(() => undefined)
      const timeMs = performance.now() - begin
      const isOutage = options.outages.met(begin)
      if (!isOutage) report.timesMs.push(timeMs)
      if (response?.status === 200 && text !== undefined) check(text)
      else if (isOutage || isOver()) report.failedInOutage++
      else
        report.broken.push(`${path}: a signature failed with ${response?.status ?? 'no response'}: ${text}`)
      await delay(10)
    }
  }

  function check(text: string): void {
    const { headers } = JSON.parse(text) as { headers: Record<string, string> }
    const isSignedWith = (secret: string) =>
      headers['webhook-signature']?.split(' ').includes(`v1,${sign(headers, secret)}`) ?? false
    if (receiver !== '' && !isSignedWith(receiver))
      report.broken.push(`${path}: a message does not verify with its receiver's secret`)
    if (revoked.some(isSignedWith)) report.broken.push(`${path}: a message is signed with a revoked secret`)
    report.delivered++
  }

  async function send(method: string, to: string, body?: object, headers: Record<string, string> = {}) {
    try {
      return await fetch(`${options.origin()}${to}`, {
        method,
        headers: {
          authorization: `Bearer ${options.token}`,
          ...(body && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(60_000),
      })
    } catch {
      return undefined
    }
  }
}

/** Signs as Standard Webhooks specifies, without using Rekey's own code. */
function sign(headers: Record<string, string>, secret: string): string {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${payload}`
  return createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    .update(content)
    .digest('base64')
}
