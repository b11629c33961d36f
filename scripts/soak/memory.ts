/** What a server's memory was at one moment, in bytes, as `/metrics` has it. */
export interface Sample {
  /** Since the load began. */
  seconds: number
  rss: number
  /** Of V8's heap, what is in use, garbage that was not collected yet included. */
  heap: number
}

export interface Growth {
  /** The mean after the warm-up, in bytes. */
  mean: number
  /** The slope of the line that fits best after the warm-up (least squares), in bytes a minute. */
  perMinute: number
  /** What the line gains from the end of the warm-up to the end, as a part of the mean. */
  share: number
}

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

/** How a part of the memory grew in the samples after `warmUpSeconds`. */
export function growthOf(samples: readonly Sample[], part: 'rss' | 'heap', warmUpSeconds: number): Growth {
  const after = samples.filter(({ seconds }) => seconds >= warmUpSeconds)
  const [first, last] = [after[0], after.at(-1)]
  if (!first || !last || after.length < 10)
    throw new Error(`${after.length} samples are too few for a verdict`)
  const meanOf = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
  const mean = meanOf(after.map((sample) => sample[part]))
  const middle = meanOf(after.map(({ seconds }) => seconds))
  const covariance = meanOf(after.map((sample) => (sample.seconds - middle) * (sample[part] - mean)))
  const slope = covariance / meanOf(after.map(({ seconds }) => (seconds - middle) ** 2))
  return { mean, perMinute: slope * 60, share: (slope * (last.seconds - first.seconds)) / mean }
}

/** What speaks against memory that stays flat; nothing if it does. */
export function faultsOf(samples: readonly Sample[], warmUpSeconds: number): string[] {
  const highest = Math.max(...samples.map(({ rss }) => rss))
  const grown = (['rss', 'heap'] as const).filter(
    (part) => growthOf(samples, part, warmUpSeconds).share > maxGrowth,
  )
  return [
    ...grown.map((part) => `${part} grew by more than ${maxGrowth * 100} % after the warm-up`),
    ...(highest > maxRss ? [`rss was more than ${maxRss / 2 ** 20} MiB`] : []),
  ]
}
