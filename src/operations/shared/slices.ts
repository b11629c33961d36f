import { setImmediate } from 'node:timers/promises'
import type { OperationContext } from './operation.ts'

/**
 * How long a slice may take before its last step, in milliseconds. A step, which hashes at most 1 MiB, takes about one
 * millisecond more.
 */
const sliceMs = 1
/** Work on fewer bytes takes about 0.1 ms, and is not worth a turn. */
const minBytes = 131_072

/** Work on the processor, divided into steps. */
export interface Steps<T> {
  /** The application that the work is for. */
  applicationId: string
  /** The number of bytes that all steps together process. */
  bytes: number
  /** Yields between two steps. */
  steps: Generator<undefined, T>
}

/**
 * Runs work without occupying the thread. Work on many bytes runs in slices. Between two slices, everything else that
 * waits for the thread has its turn, and applications take turns with their slices. Work on few bytes runs at once.
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
