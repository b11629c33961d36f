/** Words that depend on a number, in the language of the pages. */

const rules = new Intl.PluralRules('en')
const digits = new Intl.NumberFormat('en')

/** Returns the form of a word for a count: `key` with 1, `keys` with 0 and 10. */
export function noun(count: number, one: string, other = `${one}s`): string {
  return rules.select(count) === 'one' ? one : other
}

/** Writes a count with its noun, as in `0 keys`, `1 key` or `1,000 keys`. */
export function plural(count: number, one: string, other?: string): string {
  return `${digits.format(count)} ${noun(count, one, other)}`
}

const units: readonly (readonly [number, string])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
]

/** Writes a duration exactly, in the largest unit that divides it, as in `7 days`, `24 hours` or `90 minutes`. */
export function duration(seconds: number): string {
  const fits = units.filter(([size]) => seconds % size === 0 && (size < 86_400 || seconds > 86_400))
  const [size, name] = fits[0] ?? [1, 'second']
  return plural(seconds / size, name)
}

/** Writes roughly how long something took or will take, rounded down to its largest unit, as in `3 days`. */
export function roughly(milliseconds: number): string {
  const seconds = milliseconds / 1_000
  const fits = units.find(([size, name]) => seconds >= size && name !== 'second')
  return fits ? plural(Math.floor(seconds / fits[0]), fits[1]) : 'less than a minute'
}
