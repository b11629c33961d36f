import type { ClientOptions } from './options.ts'

/** Settings for sending a request. */
export type Sending = Pick<ClientOptions, 'fetch' | 'signal'> & { timeout: number }

/** A request that can be sent more than once, because its body is text. */
export interface Repeatable {
  url: string
  init: RequestInit
}

/**
 * Sends a request once. Resolves when the whole body of the response has arrived: a connection can break in the
 * middle of the secret.
 * @throws DOMException `TimeoutError` if that takes too long; the reason of the signal if it aborts first
 */
export async function attempt(
  { url, init }: Repeatable,
  { fetch: given, timeout }: Sending,
  signal: AbortSignal,
): Promise<Response> {
  // Looked up each time, because tests and tracing replace the global one.
  const send = given ?? fetch
  return withSignal([signal], async (controller) => {
    const timer = setTimeout(() => {
      controller.abort(new DOMException(`There was no response within ${timeout} ms`, 'TimeoutError'))
    }, timeout)
    try {
      const response = await send(url, { ...init, signal: controller.signal })
      await response.clone().arrayBuffer()
      return response
    } finally {
      clearTimeout(timer)
    }
  })
}

/**
 * Runs `work` with a controller that also aborts as soon as one of the signals does. Unlike `AbortSignal.any`, this
 * works in Node 18, and leaves no listeners on a signal that outlives many requests.
 */
export async function withSignal<T>(
  signals: (AbortSignal | undefined)[],
  work: (controller: AbortController) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const releases = signals.map((signal) => {
    const abort = () => {
      controller.abort(signal?.reason)
    }
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    return () => {
      signal?.removeEventListener('abort', abort)
    }
  })
  try {
    return await work(controller)
  } finally {
    for (const release of releases) release()
  }
}

/** Waits for `ms`. @throws the reason of the signal if it aborts first */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await withSignal([signal], async ({ signal: ended }) => {
    await new Promise<void>((resolve) => {
      if (ended.aborted) {
        resolve()
        return
      }
      const timer = setTimeout(resolve, ms)
      ended.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  })
  signal.throwIfAborted()
}
