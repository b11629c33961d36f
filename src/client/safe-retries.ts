import type { paths } from '../../generated/types.ts'
import { attempt, wait, withSignal, type Sending } from './attempt.ts'

/**
 * Why a request may be sent again: it is a rotation, whose Idempotency-Key makes the server execute it only once; or it
 * changes nothing.
 */
export type Repeats = 'keyed' | 'harmless'

/**
 * The delays before the retries, in milliseconds. Together they exceed the server's default request timeout of 10 s, so
 * a first attempt that is still running ends before the last retry.
 */
const waitsMs = [500, 1_000, 2_000, 4_000, 8_000]

const webhook = '/applications/{applicationId}/webhooks/{webhookId}'
const harmlessPosts: string[] = [
  '/applications/{applicationId}/signatures',
  `${webhook}/signatures`,
  `${webhook}/signatures/verify`,
] satisfies (keyof paths)[]

/** Whether an operation changes nothing, so that it can be repeated. */
export function isHarmless(method: string, path: string): boolean {
  return method === 'GET' || (method === 'POST' && harmlessPosts.includes(path))
}

/**
 * Sends a request. If the response is lost and the request may be repeated, retries up to five times.
 * @param repeats undefined for a request that must not be repeated
 * @throws the error from `fetch`, a `TimeoutError`, or the abort reason of a signal
 */
export async function sendSafely(
  request: Request,
  repeats: Repeats | undefined,
  sending: Sending,
): Promise<Response> {
  const { url, method, headers, redirect } = request
  const body = (await request.text()) || null
  const repeatable = { url, init: { method, headers, redirect, body } }
  return withSignal([request.signal, sending.signal], async ({ signal }) => {
    const isLost = repeats && losses[repeats]
    for (const waitMs of isLost ? waitsMs : []) {
      const response = await attempt(repeatable, sending, signal).catch((error: unknown) => {
        if (signal.aborted) throw error
      })
      if (response && !isLost?.(response)) return response
      // A random time from 75% to 100%, to spread the retries of many clients after an outage.
      await wait(waitMs * (0.75 + Math.random() / 4), signal)
    }
    return attempt(repeatable, sending, signal)
  })
}

/** Whether a retry may still get the response. A proxy that lost the response sends 502, 503 or 504. */
const losses: Record<Repeats, (response: Response) => boolean> = {
  harmless: ({ status }) => [502, 503, 504].includes(status),
  // A server that does not know the outcome of its commit sends 500. A 409 with Retry-After means that an earlier
  // attempt is still running; without it, the webhook's keys do not allow the rotation.
  keyed: ({ status, headers }) =>
    status === 409 ? headers.has('retry-after') : [500, 502, 503, 504].includes(status),
}
