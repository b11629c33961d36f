/**
 * How long to wait before each retry, in milliseconds: together longer than the 10 s after which a server
 * gives up on a request, so that one which is under way has ended by the last.
 */
const waitsMs = [500, 1_000, 2_000, 4_000, 8_000]

/**
 * A response that takes longer counts as lost. It keeps all tries together within the 10 minutes for which
 * the server knows an Idempotency-Key: a retry after that would rotate once more.
 */
const patienceMs = 30_000

/**
 * Sends a request, and sends it again while its response is lost, if it has an Idempotency-Key: then the
 * server does once what it is told several times. Any other request is sent once.
 * @throws what `fetch` throws, or the reason of the request's signal
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

/** The response, once all of it is there: a connection can break in the middle of the secret. */
async function fetchWhole(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(patienceMs)])
  const response = await fetch(request.clone(), { signal })
  await response.clone().arrayBuffer()
  return response
}

/**
 * 502, 503 and 504 may come from a proxy that lost what the server said, and 500 from a server that cannot know
 * what became of its commit. A 409 with Retry-After says that the same request is under way; one without,
 * that the webhook's keys forbid it.
 */
function isLost({ status, headers }: Response): boolean {
  return status === 409 ? headers.has('retry-after') : [500, 502, 503, 504].includes(status)
}

/** Waits up to a quarter less, so that the clients of a server that went away do not return as one. */
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
