/**
 * The delay before each retry, in milliseconds. The sum exceeds the server's request timeout of 10 s, so a
 * request that is still running has ended before the last retry.
 */
const waitsMs = [500, 1_000, 2_000, 4_000, 8_000]

/**
 * A response that takes longer, in milliseconds, counts as lost. All attempts together must end within the
 * 10 minutes for which the server remembers an Idempotency-Key: a later retry would rotate again.
 */
const patienceMs = 30_000

/**
 * Sends a request, and retries it while the response is lost if it has an Idempotency-Key. The server then
 * executes it only once. Other requests are never retried.
 * @throws the error of `fetch`, or the abort reason of the request's signal
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

/** Resolves once the whole body has arrived: a connection can break in the middle of the secret. */
async function fetchWhole(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(patienceMs)])
  const response = await fetch(request.clone(), { signal })
  await response.clone().arrayBuffer()
  return response
}

/**
 * 502, 503 and 504 may come from a proxy that lost the server's response; 500, from a server that does not know
 * the outcome of its commit. A 409 with Retry-After means that the same request is still running. Without it,
 * the webhook's keys do not allow the rotation.
 */
function isLost({ status, headers }: Response): boolean {
  return status === 409 ? headers.has('retry-after') : [500, 502, 503, 504].includes(status)
}

/** Shortens the delay by up to 25%, to spread the retries of many clients after an outage. */
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
