import { setImmediate } from 'node:timers/promises'
import type { OperationContext } from './operation.ts'

/**
 * After this many milliseconds, a slice starts no further step. The last step, which hashes up to 1 MiB, can take
 * about one millisecond more, or three with Ed25519.
 */
const sliceMs = 1
/** Work on fewer bytes takes only about 0.1 ms, so it is not sliced. */
const minBytes = 131_072

/** Work that occupies the processor, divided into short steps. */
export interface Steps<T> {
  /** The application that the work is for. */
  applicationId: string
  /** The number of bytes that all steps together process. */
  bytes: number
  /** Yields between two steps. */
  steps: Generator<undefined, T>
}

/**
 * Runs work without occupying the thread for long. Work on many bytes runs in slices of a few steps each. Between two
 * slices, the thread does everything else that waits for it, and the next slice may belong to another application. Work
 * on few bytes runs in one piece.
 * @throws any error from a step; the signal's reason if the signal aborts between two slices
 */
export async function runInSlices<T>(
  { applicationId, bytes, steps }: Steps<T>,
  { turns, signal }: Pick<OperationContext, 'turns' | 'signal'>,
): Promise<T> {
  const isSmall = bytes < minBytes
  const slice = async () => {
    const end = isSmall ? Infinity : performance.now() + sliceMs
    let result = steps.next()
    while (!result.done && performance.now() < end) result = steps.next()
    if (!isSmall) await setImmediate()
    return result
  }
  for (;;) {
    const result = await (isSmall ? slice() : turns.run(applicationId, signal, slice))
    if (result.done) return result.value
  }
}
