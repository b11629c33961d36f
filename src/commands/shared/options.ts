import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'

/** The command line is wrong; the text says what about it. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** @throws UsageError on an option that the command does not have, or an argument that is none */
export function readOptions<Options extends ParseArgsOptionsConfig>(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** @throws UsageError unless the text is a whole number within the bounds */
export function readWholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (!(value >= min && value <= max))
    throw new UsageError(`${name} takes a whole number from ${min} to ${max}`)
  return value
}

const unitMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000 }

/** @returns milliseconds. @throws UsageError unless the text is a number of days, hours or minutes, as 90d */
export function readDuration(name: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([dhm])$/.exec(text) ?? []
  const ms = unitMs[unit]
  if (count === undefined || ms === undefined) throw new UsageError(`${name} takes an age as 90d, 12h or 30m`)
  return Number(count) * ms
}
