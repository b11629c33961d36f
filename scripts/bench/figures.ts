import { median } from './interleave.ts'

/** A benchmark's figures for one contender. NaN, or null when read from JSON, if there is nothing to measure. */
export interface Figures {
  /** Rotations or signatures per second. */
  perSecond?: number | null
  p50Ms?: number | null
  p99Ms?: number | null
  /** Resident memory under load. */
  memoryMiB?: number | null
  /** Processor time of all instances per rotation or signature. */
  cpuMicroseconds?: number | null
  /** Requests without a successful response. */
  failed?: number | null
  milliseconds?: number | null
  seconds?: number | null
}

/** The figures of each contender, by its name. */
export type Table = Record<string, Figures>

/** Settings that all parts of a run share. */
export interface Settings {
  /** The folder for temporary databases. */
  folder: string
  rounds: number
  /** How long each contender is measured in a round. */
  seconds: number
  connections: number
  /** The numbers of keys in the small and the large database. */
  few: number
  many: number
}

/** Returns the median of each figure. */
export function medians(samples: Figures[]): Figures {
  const names = Object.keys(samples[0] ?? {}) as (keyof Figures)[]
  return Object.fromEntries(names.map((name) => [name, median(samples.map((sample) => sample[name] ?? NaN))]))
}

export function tableOf(samples: Record<string, Figures[]>): Table {
  return Object.fromEntries(Object.entries(samples).map(([name, of]) => [name, medians(of)]))
}
