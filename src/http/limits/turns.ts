import { unlessAborted } from '../../abort.ts'

/**
 * Creates a function that runs at most `max` calls per network concurrently, in the order of their arrival. Networks do
 * not wait for each other.
 */
export function turnsByNetwork(max: number) {
  const networks = new Map<string, { running: number; waiting: Set<() => void> }>()

  return async <T>(network: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    const turns = networks.get(network) ?? { running: 0, waiting: new Set() }
    networks.set(network, turns)

    const passOn = () => {
      const [next] = turns.waiting
      if (next) {
        turns.waiting.delete(next)
        next()
      } else if (--turns.running === 0) networks.delete(network)
    }

    if (turns.running < max) turns.running++
    else {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      const begin = () => {
        resolve(undefined)
      }
      turns.waiting.add(begin)
      try {
        await unlessAborted(promise, signal)
      } catch (error) {
        if (!turns.waiting.delete(begin)) passOn()
        throw error
      }
    }
    try {
      return await work()
    } finally {
      passOn()
    }
  }
}
