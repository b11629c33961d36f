/**
 * Compiles a pattern in which `*` matches any characters, or none. Matching takes linear time; backtracking in a
 * regular expression could take far longer.
 */
export function toMatcher(pattern: string): (text: string) => boolean {
  const [first = '', ...parts] = pattern.split('*')
  const last = parts.pop()
  if (last === undefined) return (text) => text === pattern
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last)) return false
    let position = first.length
    const end = text.length - last.length
    for (const part of parts) {
      const found = text.indexOf(part, position)
      if (found < 0) return false
      position = found + part.length
    }
    return position <= end
  }
}
