import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { KeyOwner } from '../../src/domain/signing-key.ts'
import type { Random } from './random.ts'
import { token } from './tokens.ts'

/** A rotation that a client asked for, with what it was told. */
export interface Attempt {
  webhook: KeyOwner
  overlapSeconds: number
  /** Kept with the key, and the Idempotency-Key as well: no other attempt has it. */
  reason: string
  /** How often it was sent. */
  tries: number
  /** null as long as every connection broke before the answer. */
  status: number | null
  text: string
  /** Of the 200. */
  keyId: string
}

export interface LoadOptions {
  webhooks: readonly KeyOwner[]
  clients: number
  random: Random
  /** Where a request may be sent at this moment. */
  origins: () => readonly string[]
  /** Attempts of before without an answer. They are made again first; those that have none in the end are left here. */
  unanswered: Attempt[]
  /** Takes up the attempts that were answered. */
  answered: Attempt[]
  /** No request is begun after it aborts. */
  until: AbortSignal
}

/** Clients that rotate one webhook after the other, and try again what got no answer. */
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
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
}

/** Mostly such that no webhook has 10 live keys soon. */
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

/** @returns whether there was an answer */
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
    // A server that never answers is a fault; one that was killed is what these tests are about.
    if (error instanceof Error && error.name === 'TimeoutError') throw error
    return false
  }
}
