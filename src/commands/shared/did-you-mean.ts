/** Returns `; did you mean …?` with the closest known name, or an empty string if none is close. */
export function didYouMean(given: string, known: readonly string[]): string {
  const maxDistance = Math.min(2, Math.ceil(given.length / 3))
  const [closest] = known
    .map((name) => ({ name, distance: levenshtein(given, name) }))
    .filter(({ distance }) => distance <= maxDistance)
    .sort((a, b) => a.distance - b.distance)
  return closest ? `; did you mean ${closest.name}?` : ''
}

/** Counts the insertions, deletions and substitutions that turn one text into the other. */
function levenshtein(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const substitution = from[row - 1] === to[column - 1] ? 0 : 1
      current[column] = Math.min(
        (current[column - 1] ?? 0) + 1,
        (previous[column] ?? 0) + 1,
        (previous[column - 1] ?? 0) + substitution,
      )
    }
    previous = current
  }
  return previous[to.length] ?? 0
}
