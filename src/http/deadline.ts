import { RekeyError } from '../errors.ts'

/**
 * Runs `work` with a signal that aborts with `timedOut` after `milliseconds`. It is for `work` to
 * stop: only the one that commits knows whether a change happened, and a 504 promises that none did.
 */
export async function deadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(new RekeyError('timedOut'))
  }, milliseconds)
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
  }
}
