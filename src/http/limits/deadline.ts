import type { ServerResponse } from 'node:http'
import { RekeyError } from '../../errors.ts'

/** The signal's reason if the client disconnects before it receives the response. */
export class CallerGone extends Error {
  override name = 'CallerGone'
}

/**
 * Runs `work` with a signal that aborts with RekeyError `timedOut` after `milliseconds`. The deadline does not
 * interrupt `work`, which must stop when the signal aborts: a 504 promises that nothing changed, and only the code that
 * commits knows whether anything did.
 * @param response if given, the signal also aborts with CallerGone when the client disconnects, so that abandoned
 * requests do not delay others
 */
export async function deadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  response?: ServerResponse,
): Promise<T> {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(new RekeyError('timedOut'))
  }, milliseconds)
  const leave = () => {
    controller.abort(new CallerGone())
  }
  response?.once('close', leave)
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    response?.off('close', leave)
  }
}
