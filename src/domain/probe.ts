import type { KeyOwner } from './signing-key.ts'

/** Why a message got no response. */
export type DeliveryFailure = 'timed_out' | 'no_answer' | 'tls_failed' | 'unresolved' | 'url_refused'

/** The result of posting one message to a receiver. */
export interface Delivery {
  /** The HTTP status of the response, or why there is none. */
  outcome: number | DeliveryFailure
  /** Milliseconds until the outcome. */
  timeMs: number
}

export interface OutgoingMessage {
  headers: Readonly<Record<string, string>>
  payload: Uint8Array
}

/**
 * Posts a message to a receiver's URL once, on a new connection. A missing response is an outcome, not an error: the
 * promise rejects only with the reason of `signal`.
 */
export type PostMessage = (url: string, message: OutgoingMessage, signal: AbortSignal) => Promise<Delivery>

export type Verdict = 'accepted' | 'refused' | 'inconclusive' | DeliveryFailure

/** Request Timeout, Too Early, Too Many Requests: temporary conditions that say nothing about the message. */
const temporary = [408, 425, 429]

/** Returns what an outcome says about the message's signature. Redirects and 5xx are inconclusive. */
export function verdictOn(outcome: Delivery['outcome']): Verdict {
  if (typeof outcome !== 'number') return outcome
  if (outcome >= 200 && outcome < 300) return 'accepted'
  return outcome >= 400 && outcome < 500 && !temporary.includes(outcome) ? 'refused' : 'inconclusive'
}

/**
 * Builds the payload of a probe's messages, in the form that Standard Webhooks recommends. Receivers can ignore it like
 * any event of an unknown type.
 * @param now milliseconds since 1970
 */
export function probePayload({ applicationId, webhookId }: KeyOwner, now: number): Buffer {
  const timestamp = new Date(now).toISOString()
  return Buffer.from(JSON.stringify({ type: 'rekey.probe', timestamp, data: { applicationId, webhookId } }))
}
