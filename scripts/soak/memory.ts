/** What a server's memory was at one moment, in bytes, as `/metrics` has it. */
export interface Sample {
  /** Since the load began. */
  seconds: number
  rss: number
  /** Of V8's heap, what is in use, garbage that was not collected yet included. */
  heap: number
}

/** The parts of the memory that must not grow. */
export const parts = ['rss', 'heap'] as const
export type Part = (typeof parts)[number]

/** How a part of the memory grew after the warm-up: the line that fits best (least squares). */
export interface Growth {
  /** In bytes. */
  mean: number
  /** In bytes. */
  perMinute: number
  /** What the line gains from the end of the warm-up to the end, as a part of the mean. */
  share: number
}

/** Of as many samples in a row the lowest counts: what is above it is garbage, or a burst. */
const samplesOfFloor = 6
/** More than this share of growth after the warm-up is no noise of the garbage collector any more. */
const maxGrowth = 0.1
/** What the whole process may take, in bytes: a small server on a small machine. */
const maxRss = 512 * 2 ** 20

/** Reads what `/metrics` tells of memory. */
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

/** How a part of the memory grew after `warmUpSeconds`. */
export function growthOf(samples: readonly Sample[], part: Part, warmUpSeconds: number): Growth {
  const after = samples.filter(({ seconds }) => seconds >= warmUpSeconds)
  const floors = after.flatMap(({ seconds }, i) => {
    const row = after.slice(i, i + samplesOfFloor)
    const isWhole = i % samplesOfFloor === 0 && row.length === samplesOfFloor
    return isWhole ? [{ seconds, size: Math.min(...row.map((sample) => sample[part])) }] : []
  })
  const [first, last] = [floors[0], floors.at(-1)]
  if (!first || !last || floors.length < 4) throw new Error('these samples are too few for a verdict')
  const middle = meanOf(floors.map(({ seconds }) => seconds))
  const mean = meanOf(floors.map(({ size }) => size))
  const covariance = meanOf(floors.map(({ seconds, size }) => (seconds - middle) * (size - mean)))
  const slope = covariance / meanOf(floors.map(({ seconds }) => (seconds - middle) ** 2))
  return { mean, perMinute: slope * 60, share: (slope * (last.seconds - first.seconds)) / mean }
}

function meanOf(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}

/** What speaks against memory that stays flat; nothing if it does. */
export function faultsOf(samples: readonly Sample[], warmUpSeconds: number): string[] {
  const highest = Math.max(...samples.map(({ rss }) => rss))
  const grown = parts.filter((part) => growthOf(samples, part, warmUpSeconds).share > maxGrowth)
  return [
    ...grown.map((part) => `${part} grew by more than ${maxGrowth * 100} % after the warm-up`),
    ...(highest > maxRss ? [`rss was more than ${maxRss / 2 ** 20} MiB`] : []),
  ]
}
