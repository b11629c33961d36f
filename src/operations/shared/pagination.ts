import { RekeyError } from '../../errors.ts'

interface PageQuery {
  limit?: number
  cursor?: string
}

/**
 * Reads the query parameters of a list. `after` comes from the cursor and identifies the previous page's last item.
 * @param maxLength the maximum length of `after`
 */
export function readPageQuery(
  { limit = 50, cursor }: PageQuery,
  maxLength = 64,
): { limit: number; after: string | null } {
  if (cursor === undefined) return { limit, after: null }
  const after = Buffer.from(cursor, 'base64url').toString('latin1')
  if (!/^[\w.-]+$/.test(after) || after.length > maxLength || toCursor(after) !== cursor)
    throw invalidCursor()
  return { limit, after }
}

/** Builds the error for a cursor that the list has not returned. */
export function invalidCursor(): RekeyError {
  return new RekeyError('badRequest', {
    message: 'query/cursor must be a nextCursor value that this list returned',
  })
}

/**
 * Builds a page of a list.
 * @param rows the page's rows, and one more row if there is another page
 * @param toKey returns the ID or number that identifies a row within the list
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toKey: (row: Row) => string,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    items: shown.map(toItem),
    nextCursor: last ? toCursor(toKey(last)) : null,
  }
}

/** @param key identifies the last item of the previous page; letters, digits, `_`, `.` and `-` */
export function toCursor(key: string): string {
  return Buffer.from(key).toString('base64url')
}
