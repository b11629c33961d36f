/** Returns the candidate that `text` most likely misspells: within three edits, or fewer if the text is short. */
export function closest(text: string, candidates: readonly string[]): string | undefined {
  const maxEdits = Math.min(3, Math.floor(text.length * 0.4))
  const scored = candidates.map((candidate) => ({ candidate, edits: editDistance(text, candidate) }))
  return scored.filter(({ edits }) => edits <= maxEdits).toSorted((a, b) => a.edits - b.edits)[0]?.candidate
}

/**
 * Computes the Levenshtein distance. Each row contains the distances from a prefix of `from` to every prefix of `to`.
 */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (const letter of from) {
    const above = row
    row = [(above[0] ?? 0) + 1]
    for (let j = 0; j < to.length; j++) {
      const [diagonal = 0, up = 0, left = 0] = [above[j], above[j + 1], row[j]]
      row.push(Math.min(diagonal + Number(letter !== to[j]), up + 1, left + 1))
    }
  }
  return row.at(-1) ?? 0
}
