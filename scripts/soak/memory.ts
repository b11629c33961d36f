/** A server's memory usage at one time, in bytes, read from `/metrics`. */
export interface Sample {
  /** Seconds since the start of the load. */
  seconds: number
  rss: number
  /** The used size of the V8 heap, including garbage that has not been collected yet. */
  heap: number
}

/** The memory metrics that must not grow. */
export const parts = ['rss', 'heap'] as const
export type Part = (typeof parts)[number]

/** The growth of a memory metric after the warm-up, from a least-squares fit. */
export interface Growth {
  /** The mean size in bytes. */
  mean: number
  /** The growth per minute in bytes. */
  perMinute: number
  /** The growth of the fitted line after the warm-up, relative to the mean. */
  share: number
}

/**
 * The number of consecutive samples in a group. Only the lowest sample of a group counts, because the others include
 * garbage or bursts.
 */
const samplesOfFloor = 6
/** The highest acceptable `share` of a Growth. Garbage collection alone can cause growth of this size. */
const maxGrowth = 0.1
/** The highest acceptable resident memory of the process, in bytes. */
const maxRss = 512 * 2 ** 20

export function readSample(metrics: string, seconds: number): Sample {
  const value = (name: string): number => {
    const [, text] = new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics) ?? []
    if (text === undefined) throw new Error(`/metrics has no ${name}`)
    return Number(text)
  }
  return {
    seconds,
    rss: value('process_resident_memory_bytes'),
    heap: value('nodejs_heap_size_used_bytes'),
  }
}

export function growthOf(samples: readonly Sample[], part: Part, warmUpSeconds: number): Growth {
  const after = samples.filter(({ seconds }) => seconds >= warmUpSeconds)
  const floors = after.flatMap(({ seconds }, i) => {
    const row = after.slice(i, i + samplesOfFloor)
    const isWhole = i % samplesOfFloor === 0 && row.length === samplesOfFloor
    return isWhole ? [{ seconds, size: Math.min(...row.map((sample) => sample[part])) }] : []
  })
  const [first, last] = [floors[0], floors.at(-1)]
  if (!first || !last || floors.length < 4) throw new Error('too few samples for a verdict')
  const middle = meanOf(floors.map(({ seconds }) => seconds))
  const mean = meanOf(floors.map(({ size }) => size))
  const covariance = meanOf(floors.map(({ seconds, size }) => (seconds - middle) * (size - mean)))
  const slope = covariance / meanOf(floors.map(({ seconds }) => (seconds - middle) ** 2))
  return { mean, perMinute: slope * 60, share: (slope * (last.seconds - first.seconds)) / mean }
}

function meanOf(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

/** Describes each limit that was exceeded: growth after the warm-up, or peak resident memory. */
export function faultsOf(samples: readonly Sample[], warmUpSeconds: number): string[] {
  const highest = Math.max(...samples.map(({ rss }) => rss))
  const grown = parts.filter((part) => growthOf(samples, part, warmUpSeconds).share > maxGrowth)
  return [
    ...grown.map((part) => `${part} grew by more than ${maxGrowth * 100}% after the warm-up`),
    ...(highest > maxRss ? [`rss exceeded ${maxRss / 2 ** 20} MiB`] : []),
  ]
}
