import { closest } from '../../config/closest.ts'

/** Returns `; did you mean …?` with the closest known name, or an empty string if no name is close. */
export function didYouMean(given: string, known: readonly string[]): string {
  const name = closest(given, known)
  return name === undefined ? '' : `; did you mean ${name}?`
}
