import { eventTypes, type AuditEvent, type EventType } from '../../domain/audit.ts'
import { findOlderPlace, listNewest, type NewestPlace } from '../../store/tables/newest-events.ts'
import type { OperationContext } from './operation.ts'
import { SlicedSearch, type FoundItems } from './search-slices.ts'

/** How long the queries of one page may take together, in milliseconds. */
const pageMs = 25
/** Digits of an event's hash in a cursor. */
const hashDigits = 16
/** The place before the newest event: the last time that a Date can represent. */
export const newestStart: NewestPlace = { at: 8.64e15, hash: '' }

/** Finds a page of events, newest first. The next page's place equals `after` if there are no further events. */
export async function readNewest(
  { type, after, limit }: { type: EventType | undefined; after: NewestPlace; limit: number },
  context: OperationContext,
): Promise<{ events: AuditEvent[]; next: NewestPlace }> {
  const { applications, identity } = context.caller
  if (applications.length === 0) return { events: [], next: after }
  const search = new SlicedSearch(identity, pageMs, context)
  const found: FoundItems<NewestPlace, AuditEvent>[] = []
  for (const one of type === undefined ? eventTypes : [type])
    found.push(
      await search.page(
        {
          // Every event matches, so that a single query finds a page.
          findEnd: (queries, place, rows) =>
            applications === '*' ? Promise.resolve(undefined) : findOlderPlace(queries, one, place, rows),
          list: (queries, range, limit) => listNewest(queries, { type: one, applications, ...range, limit }),
          placeOf: (event) => event,
        },
        after,
        limit,
      ),
    )
  // Up to this place, the events of every type have been read.
  const [end] = found.flatMap(({ next }) => next ?? []).sort(newestFirst)
  const events = found
    .flatMap(({ items }) => items)
    .filter((event) => !end || newestFirst(event, end) <= 0)
    .sort(newestFirst)
  const shown = events.slice(0, limit)
  const last = shown.at(-1)
  return { events: shown, next: events.length > limit ? (last ?? after) : (end ?? last ?? after) }
}

function newestFirst(a: NewestPlace, b: NewestPlace): number {
  return b.at - a.at || (a.hash === b.hash ? 0 : a.hash < b.hash ? 1 : -1)
}

/** Formats a place as the text of a cursor. */
export function toNewestText({ at, hash }: NewestPlace): string {
  return `${at}.${hash.slice(0, hashDigits)}`
}

/** Parses the text of a cursor. @returns undefined if no page of the newest events returned such a cursor */
export function readNewestText(text: string): NewestPlace | undefined {
  const [, at, hash] = /^(0|[1-9]\d{0,15})\.([0-9a-f]{16}|)$/.exec(text) ?? []
  return at === undefined || hash === undefined ? undefined : { at: Number(at), hash }
}
