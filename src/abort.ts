/**
 * Settles like `work`, or rejects with the signal's reason once the signal aborts. `work` itself may continue after an
 * abort, so it must not change anything.
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason)
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const stop = () => {
      signal.removeEventListener('abort', abort)
    }
    work.then(
      (value) => {
        stop()
        resolve(value)
      },
      (error: unknown) => {
        stop()
        reject(error)
      },
    )
  })
}
