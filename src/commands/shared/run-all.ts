import { setTimeout as delay } from 'node:timers/promises'

/** Maximum number of items per second that are processed one after another. */
const sequentialRate = 20

/**
 * Processes items concurrently until all are done or the signal aborts. Items in progress are always finished.
 * @param rate maximum number of items per second for which `work` may return true; 0 means no limit
 * @param concurrency maximum number of items in progress
 * @param work returns whether it did something that counts toward the rate
 */
export async function runAll<Item>(
  items: Iterable<Item>,
  { rate, concurrency, signal }: { rate: number; concurrency: number; signal: AbortSignal },
  work: (item: Item) => Promise<boolean>,
): Promise<void> {
  const workers = rate === 0 ? concurrency : Math.min(concurrency, Math.ceil(rate / sequentialRate))
  const pauseMs = rate === 0 ? 0 : (workers * 1_000) / rate
  const rest = items[Symbol.iterator]()
  const run = async () => {
    for (let next = rest.next(); !next.done && !signal.aborted; next = rest.next()) {
      const counts = await work(next.value)
      if (counts && pauseMs > 0) await delay(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
  await Promise.all(Array.from({ length: workers }, run))
}
