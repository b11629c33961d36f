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
  return parse(args, options, false).values
}

/**
 * Parses the arguments of a command that takes one file.
 * @throws UsageError as `readOptions` does, or if not exactly one file is named
 */
export function readFileAndOptions<Options extends ParseArgsOptionsConfig>(args: string[], options: Options) {
  const { values, positionals } = parse(args, options, true)
  const [file] = positionals
  if (file === undefined || positionals.length > 1) throw new UsageError('pass the name of one file')
  return { file, options: values }
}

function parse<Options extends ParseArgsOptionsConfig>(
  args: string[],
  options: Options,
  allowPositionals: boolean,
) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [, unknown] = /^Unknown option '(-[^']*)'/.exec(message) ?? []
    if (unknown === undefined) throw new UsageError(message)
    const known = [...Object.keys(options), 'help'].map((name) => `--${name}`)
    throw new UsageError(`unknown option ${unknown}${didYouMean(unknown, known)}`)
  }
}

/**
 * Parses the value of `--rate`, in items per second.
 * @throws UsageError unless it is a whole number from 0 to 1000
 */
export function readRate(text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= 1_000) return Number(text)
  throw new UsageError('--rate must be a whole number from 0 to 1000')
}

const unitSeconds: Record<string, number> = { d: 86_400, h: 3_600, m: 60, s: 1 }

/**
 * Parses the value of the option `name`: a number with a unit, for example 90d, 12h, 30m or 45s.
 * @param min in seconds, like `max` and the returned duration
 * @throws UsageError unless the duration is from `min` to `max`
 */
export function readDuration(name: string, text: string, min: number, max: number): number {
  const [, count, unit = ''] = /^(\d{1,9})([dhms])$/.exec(text) ?? []
  const seconds = Number(count) * (unitSeconds[unit] ?? NaN)
  if (!(seconds >= min && seconds <= max))
    throw new UsageError(
      `${name} must be a duration such as 90d, 12h, 30m or 45s, from ${inWords(min)} to ${inWords(max)}`,
    )
  return seconds
}

/** Like `readDuration`, but also accepts a plain number of seconds, as version 0.1.0 did. */
export function readSeconds(name: string, text: string, min: number, max: number): number {
  return readDuration(name, /^\d+$/.test(text) ? `${text}s` : text, min, max)
}

function inWords(seconds: number): string {
  const [unit, size] = Object.entries(unitSeconds).find(
    ([, size]) => seconds >= size && seconds % size === 0,
  ) ?? ['s', 1]
  return `${seconds / size}${unit}`
}
