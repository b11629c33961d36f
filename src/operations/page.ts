import { RekeyError } from '../errors.ts'

interface PageQuery {
  limit?: number
  cursor?: string
}

/** Reads a list's query: `after` is what the cursor holds, the last item of the page before. */
export function readPage({ limit = 50, cursor }: PageQuery): { limit: number; after: string | null } {
  if (cursor === undefined) return { limit, after: null }
  const after = Buffer.from(cursor, 'base64url')
  if (after.toString('base64url') !== cursor) {
    throw new RekeyError('badRequest', { message: 'query/cursor is not one that this server gave' })
  }
  return { limit, after: after.toString() }
}

/**
 * @param rows one row more than the page holds, if there is one
 * @param toCursor what tells the row from all others of the list
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toCursor: (row: Row) => string,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    items: shown.map(toItem),
    nextCursor: last ? Buffer.from(toCursor(last)).toString('base64url') : null,
  }
}
