/** @throws TypeError unless the text is a port */
export function portNumber(text: string): number {
  return wholeNumber('--port', text, 65_535)
}

/** @throws TypeError unless the text is a number of milliseconds up to one minute */
export function milliseconds(text: string): number {
  return wholeNumber('--delay', text, 60_000)
}

function wholeNumber(name: string, text: string, max: number): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > max)
    throw new TypeError(`${name} must be a whole number from 0 to ${max}`)
  return Number(text)
}

/**
 * Reads how many times faster overlaps end, as in `60x`.
 * @throws TypeError unless the text has this form
 */
export function clockFactor(text: string): number {
  if (!/^[1-9]\d{0,5}x$/.test(text)) throw new TypeError('--clock must be a factor such as 60x')
  return Number(text.slice(0, -1))
}

/** @throws TypeError that names the first disallowed option that is set */
export function refuseOthers(option: string, others: Record<string, string | boolean | undefined>): void {
  for (const [name, value] of Object.entries(others))
    if (value !== undefined && value !== false)
      throw new TypeError(`${option} and ${name} are mutually exclusive`)
}
