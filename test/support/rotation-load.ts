import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { KeyOwner } from '../../src/domain/signing-key.ts'
import type { Random } from './random.ts'
import { token } from './tokens.ts'

/** A client's rotation request and its response. */
export interface Attempt {
  webhook: KeyOwner
  overlapSeconds: number
  /** Unique to this attempt. Stored with the key, and also sent as the Idempotency-Key. */
  reason: string
  /** How many times the request was sent. */
  tries: number
  /** null until a response arrives. */
  status: number | null
  text: string
  /** The key ID in the response's ETag. After a 200, it is the new key's ID. */
  keyId: string
}

export interface LoadOptions {
  webhooks: readonly KeyOwner[]
  clients: number
  random: Random
  /** Returns the origins of the servers that are currently running. */
  origins: () => readonly string[]
  /** Attempts without a response so far. They are retried first, and stay here if no response ever arrives. */
  unanswered: Attempt[]
  /** Collects the attempts that got a response. */
  answered: Attempt[]
  /** No request starts after this signal aborts. */
  until: AbortSignal
  /** How long a client waits after a 200, in milliseconds. Defaults to 0. */
  pauseMs?: number
}

/** Runs clients that keep rotating random webhooks, and that retry attempts without a response. */
export async function rotateUnderLoad({ clients, ...options }: LoadOptions): Promise<void> {
  const { answered, unanswered } = options
  const bearer = await token()
  const client = async () => {
    while (!options.until.aborted) {
      const attempt = unanswered.pop() ?? newAttempt(options)
      const hasAnswer = await send(attempt, options.random.pick(options.origins()), bearer)
      if (hasAnswer) answered.push(attempt)
      else unanswered.push(attempt)
      if (attempt.status !== 200) await delay(10)
      else if (options.pauseMs) await delay(options.pauseMs)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
}

/** Creates an attempt, usually without overlap, so webhooks rarely reach the limit of 10 live keys. */
function newAttempt({ webhooks, random }: Pick<LoadOptions, 'webhooks' | 'random'>): Attempt {
  return {
    webhook: random.pick(webhooks),
    overlapSeconds: random.pick([0, 0, 1]),
    reason: randomUUID(),
    tries: 0,
    status: null,
    text: '',
    keyId: '',
  }
}

/** Sends the attempt's request once. @returns whether a response arrived */
async function send(attempt: Attempt, origin: string, bearer: string): Promise<boolean> {
  const { webhook, overlapSeconds, reason } = attempt
  const { applicationId, webhookId } = webhook
  attempt.tries += 1
  try {
    const response = await fetch(
      `${origin}/api/v1/applications/${applicationId}/webhooks/${webhookId}/secret`,
      {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${bearer}`,
          'content-type': 'application/json',
          'idempotency-key': reason,
        },
        body: JSON.stringify({ overlapSeconds, reason }),
        signal: AbortSignal.timeout(60_000),
      },
    )
    attempt.text = await response.text()
    attempt.keyId = response.headers.get('etag')?.slice(1, -1) ?? ''
    attempt.status = response.status
    return true
  } catch (error) {
    // A hanging server is a bug. Other errors are expected, because the tests kill servers.
    if (error instanceof Error && error.name === 'TimeoutError') throw error
    return false
  }
}
