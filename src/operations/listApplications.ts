import type { ApplicationRow } from '../store/schema.ts'
import {
  countApplications,
  findApplicationAfter,
  listApplications as selectApplications,
} from '../store/tables/applications.ts'
import type { Operation } from './shared/operation.ts'
import { readPageQuery, toCursor } from './shared/pagination.ts'
import { toApplication } from './shared/representations.ts'
import { SlicedSearch, type Range, type Searched } from './shared/search-slices.ts'

/** How long the queries that find and count applications may take together, in milliseconds. */
const searchMs = 40

export const listApplications: Operation<'listApplications'> = async ({ query }, context) => {
  const { limit, after } = readPageQuery(query)
  const { search, total } = query
  const { applications, identity } = context.caller
  const listed = applications === '*' ? null : applications.toSorted()
  const inRange = (range: Range<string>) => ({ ids: idsIn(listed, range), ...range, search })
  const matching: Searched<string, ApplicationRow> = {
    findEnd: (queries, after, rows) =>
      listed
        ? Promise.resolve(listed.filter((id) => id > after)[rows - 1])
        : findApplicationAfter(queries, after, rows),
    list: (queries, range, limit) => selectApplications(queries, { ...inRange(range), limit }),
    placeOf: ({ id }) => id,
  }
  const sliced = new SlicedSearch(identity, searchMs, context)
  const { items, next } = await sliced.page(matching, after ?? '', limit)
  const page = { items: items.map(toApplication), nextCursor: next && toCursor(next) }
  if (!total) return { status: 200, body: page }
  const count = await sliced.count(matching.findEnd, '', (queries, range) =>
    countApplications(queries, inRange(range)),
  )
  return { status: 200, body: { ...page, total: count } }
}

/** @param ids sorted; null for all */
function idsIn(ids: readonly string[] | null, { after, upTo }: Range<string>): readonly string[] | '*' {
  return ids?.filter((id) => id > after && (upTo === undefined || id <= upTo)) ?? '*'
}
