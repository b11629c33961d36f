import type { components } from '../../client/client.ts'
import { hashOf, type Route } from './route.ts'

type Application = components['schemas']['Application']
type Webhook = components['schemas']['Webhook']

export type ApplicationsRoute = Extract<Route, { page: 'applications' }>
export type WebhooksRoute = Extract<Route, { page: 'application' }>
/** A route to a list of applications or webhooks. */
export type ListRoute = ApplicationsRoute | WebhooksRoute

/** One page of a list. */
export interface ListPage<T> {
  items: T[]
  nextCursor: string | null
  /** Number of items that match, on all pages; null if the server could not count them in time. */
  total: number | null
  /** Number of items without search and filters; null if the console has not seen it. */
  unfiltered: number | null
  /** Number of items on the pages before; null if the user opened the page by its address. */
  start: number | null
  /** The previous page; null for the first page, and if it is unknown. */
  previous: ListRoute | null
}

/** What the console remembers of the lists that it has shown. */
export interface KeptLists {
  /** Pages by their fragment, to show them at once when the user goes back. */
  pages: ReadonlyMap<string, ListPage<Application | Webhook>>
  /** Where each list's pages begin, in order, by the fragment of its first page. The API knows only the next page. */
  places: ReadonlyMap<string, readonly Place[]>
  /** The number of items in each list without search and filters, by its fragment. */
  totals: ReadonlyMap<string, number>
}

interface Place {
  cursor: string | null
  /** Number of items on the pages before. */
  start: number
}

export const nothingKept: KeptLists = { pages: new Map(), places: new Map(), totals: new Map() }

/** Number of items on a page. */
export const pageSize = 100
const maxKept = 20

/** Returns the route to the first page of the list. */
export function firstPage<R extends ListRoute>(route: R): R {
  return { ...route, list: { ...route.list, cursor: null } }
}

/** Returns the route to another page of the list. */
export function atCursor<R extends ListRoute>(route: R, cursor: string | null): R {
  return { ...route, list: { ...route.list, cursor } }
}

/** Returns the route to the list without search and filters. Its order stays. */
export function withoutFilters<R extends ListRoute>(route: R): R {
  const none = route.page === 'application' ? { state: null, olderThan: null } : {}
  return { ...route, list: { ...route.list, search: '', cursor: null, ...none } }
}

/** Returns whether the list shows only what matches a search or filter. */
export function isFiltered(route: ListRoute): boolean {
  return hashOf(firstPage(route)) !== hashOf(withoutFilters(route))
}

/** Returns whether there is nothing to list, with or without filters. */
export function isEmptyList({ items }: ListPage<unknown>, route: ListRoute): boolean {
  return items.length === 0 && route.list.cursor === null && !isFiltered(route)
}

/** Returns what the console remembers after a page of the list has loaded, and the page with its place in the list. */
export function keep<T extends Application | Webhook>(
  kept: KeptLists,
  route: ListRoute,
  loaded: Pick<ListPage<T>, 'items' | 'nextCursor' | 'total'>,
): { kept: KeptLists; page: ListPage<T> } {
  const list = hashOf(firstPage(route))
  const all = hashOf(withoutFilters(route))
  const known = kept.places.get(list) ?? [{ cursor: null, start: 0 }]
  const index = known.findIndex(({ cursor }) => cursor === route.list.cursor)
  const { start } = known[index] ?? { start: null }
  const next =
    start === null || loaded.nextCursor === null
      ? []
      : [{ cursor: loaded.nextCursor, start: start + loaded.items.length }]
  const isNextKnown = known[index + 1]?.cursor === loaded.nextCursor
  const places = start === null || isNextKnown ? known : [...known.slice(0, index + 1), ...next]
  const totals =
    isFiltered(route) || loaded.total === null ? kept.totals : remember(kept.totals, all, loaded.total)
  const before = known[index - 1]
  const counted = start !== null && loaded.nextCursor === null ? start + loaded.items.length : null
  const page: ListPage<T> = {
    ...loaded,
    total: loaded.total ?? counted ?? (isFiltered(route) ? null : (totals.get(all) ?? null)),
    unfiltered: totals.get(all) ?? null,
    start,
    previous: before ? atCursor(route, before.cursor) : null,
  }
  const pages = remember<ListPage<Application | Webhook>>(kept.pages, hashOf(route), page)
  return { page, kept: { pages, places: remember(kept.places, list, places), totals } }
}

/** Returns a copy of the map with the entry as its newest, and without the oldest if there are too many. */
export function remember<Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
  value: Value,
): ReadonlyMap<string, Value> {
  const rest = [...map].filter(([other]) => other !== key)
  return new Map([...rest.slice(1 - maxKept), [key, value]])
}
