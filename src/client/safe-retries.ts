/**
 * The delays before the retries, in milliseconds. Together they exceed the server's default request timeout of 10 s, so
 * a first attempt that is still running ends before the last retry.
 */
const waitsMs = [500, 1_000, 2_000, 4_000, 8_000]

/**
 * How long to wait for a response before it counts as lost, in milliseconds. All attempts must end within the
 * 10 minutes for which the server remembers an Idempotency-Key: a later retry would rotate again.
 */
const patienceMs = 30_000

/**
 * Sends a request. If the response is lost, retries up to five times, but only if the request has an Idempotency-Key:
 * the server executes such a request only once.
 * @throws the error from `fetch`, or the abort reason of the request's signal
 */
export async function fetchSafely(request: Request): Promise<Response> {
  if (!request.headers.has('idempotency-key')) return fetch(request)
  for (const waitMs of waitsMs) {
    const response = await fetchWhole(request).catch((error: unknown) => {
      if (request.signal.aborted) throw error
    })
    if (response && !isLost(response)) return response
    await wait(waitMs, request.signal)
  }
  return fetchWhole(request)
}

/** Resolves with the response once its whole body has arrived: a connection can break in the middle of the secret. */
async function fetchWhole(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(patienceMs)])
  const response = await fetch(request.clone(), { signal })
  await response.clone().arrayBuffer()
  return response
}

/**
 * Returns whether a retry may still get the lost response. A proxy that lost the response sends 502, 503 or 504, and a
 * server that does not know the outcome of its commit sends 500. A 409 with Retry-After means that an earlier attempt
 * is still running. A 409 without Retry-After means that the webhook's keys do not allow the rotation.
 */
function isLost({ status, headers }: Response): boolean {
  return status === 409 ? headers.has('retry-after') : [500, 502, 503, 504].includes(status)
}

/** Waits for a random time from 75% to 100% of `ms`, to spread the retries of many clients after an outage. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 4))
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
  signal.throwIfAborted()
}
