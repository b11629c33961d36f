import type { ServerResponse } from 'node:http'
import { RekeyError } from '../../errors.ts'

/** The caller's connection ended before the response, and there is nobody to answer. */
export class CallerGone extends Error {
  override name = 'CallerGone'
}

/**
 * Runs `work` with a signal that aborts with `timedOut` after `milliseconds`. It is for `work` to
 * stop: only the one that commits knows whether a change happened, and a 504 promises that none did.
 * @param response if given, the signal aborts with CallerGone when its connection ends: what nobody waits
 * for must not keep others waiting
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
