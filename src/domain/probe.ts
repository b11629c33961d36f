import type { KeyOwner } from './signing-key.ts'

/** Why a message got no response. */
export type DeliveryFailure = 'timed_out' | 'no_answer' | 'tls_failed' | 'unresolved' | 'url_refused'

/** The result of posting one message to a receiver. */
export interface Delivery {
  /** The response's HTTP status, or why there was no response. */
  outcome: number | DeliveryFailure
  /** Milliseconds until the response or the failure. */
  timeMs: number
}

export interface OutgoingMessage {
  headers: Readonly<Record<string, string>>
  payload: Uint8Array
}

/**
 * Posts a message to a receiver's URL once, on a new connection. Resolves even if there is no response, and rejects
 * only with the signal's reason.
 */
export type PostMessage = (url: string, message: OutgoingMessage, signal: AbortSignal) => Promise<Delivery>

export type Verdict = 'accepted' | 'refused' | 'inconclusive' | DeliveryFailure

/** 408 Request Timeout, 425 Too Early and 429 Too Many Requests are temporary and say nothing about the signature. */
const temporary = [408, 425, 429]

/**
 * Converts a delivery's outcome to a verdict on the message's signature. Redirects, 5xx and temporary 4xx responses are
 * inconclusive.
 */
export function verdictOn(outcome: Delivery['outcome']): Verdict {
  if (typeof outcome !== 'number') return outcome
  if (outcome >= 200 && outcome < 300) return 'accepted'
  return outcome >= 400 && outcome < 500 && !temporary.includes(outcome) ? 'refused' : 'inconclusive'
}

/**
 * Builds the payload of a probe's message, in the format that Standard Webhooks recommends. Receivers can ignore these
 * messages like events of any unknown type.
 * @param messageId random, so that receivers that drop duplicate payloads accept every message of a probe
 * @param now milliseconds since 1970
 */
export function probePayload({ applicationId, webhookId }: KeyOwner, messageId: string, now: number): Buffer {
  const timestamp = new Date(now).toISOString()
  const data = { applicationId, webhookId, messageId }
  return Buffer.from(JSON.stringify({ type: 'rekey.probe', timestamp, data }))
}
