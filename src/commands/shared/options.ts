import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { didYouMean } from './did-you-mean.ts'

/** Thrown for an invalid command line. The caller prints the message with the command's usage text. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/**
 * Parses a command's arguments.
 * @throws UsageError for an unknown option, a missing value or an unexpected argument
 */
export function readOptions<Options extends ParseArgsOptionsConfig>(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [, unknown] = /^Unknown option '(-[^']*)'/.exec(message) ?? []
    if (unknown === undefined) throw new UsageError(message)
    const known = [...Object.keys(options), 'help'].map((name) => `--${name}`)
    throw new UsageError(`unknown option ${unknown}${didYouMean(unknown, known)}`)
  }
}

/**
 * Parses the value of the option `name`.
 * @throws UsageError unless `text` is a whole number from `min` to `max`
 */
export function readWholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (!(value >= min && value <= max))
    throw new UsageError(`${name} must be a whole number from ${min} to ${max}`)
  return value
}

const unitMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000 }

/**
 * Parses the value of the option `name`.
 * @returns milliseconds
 * @throws UsageError unless `text` is a number of days, hours or minutes, for example 90d
 */
export function readDuration(name: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([dhm])$/.exec(text) ?? []
  const ms = unitMs[unit]
  if (count === undefined || ms === undefined)
    throw new UsageError(`${name} must be a number of days, hours or minutes, for example 90d, 12h or 30m`)
  return Number(count) * ms
}
