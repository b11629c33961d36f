export interface Syntax {
  indent: string
  /** What separates a key from its value. */
  pair: string
  null: string
  true: string
  false: string
  /** Writes a string, which JSON.stringify has quoted. */
  string: (quoted: string) => string
}

/** Writes a JSON value as a literal of another language. */
export function literal(value: unknown, syntax: Syntax, depth = 0): string {
  if (typeof value === 'string') return syntax.string(JSON.stringify(value))
  if (value === null || typeof value === 'boolean') return syntax[String(value) as 'null' | 'true' | 'false']
  if (typeof value !== 'object') return JSON.stringify(value)
  const list = Array.isArray(value)
  const [open, close] = list ? '[]' : '{}'
  const items = Object.entries(value).map(([key, one]) => {
    const written = literal(one, syntax, depth + 1)
    return list ? written : `${syntax.string(JSON.stringify(key))}${syntax.pair}${written}`
  })
  if (items.length === 0) return `${open}${close}`
  const inner = syntax.indent.repeat(depth + 1)
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${syntax.indent.repeat(depth)}${close}`
}
