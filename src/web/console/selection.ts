import { firstPage } from './listing.ts'
import type { Problem } from './problem.ts'
import { hashOf, type Route } from './route.ts'

/** The webhooks that the user has selected in a list. */
export interface Selection {
  /** The list's fragment, without its page and order. Another list starts with nothing selected. */
  list: string
  ids: ReadonlySet<string>
  /** The webhook that was clicked last, from which Shift selects a range. */
  anchor: string | null
  /** The state of "select all that match"; null unless it is loading or has failed. */
  gathering: { is: 'loading' } | { is: 'failed'; problem: Problem } | null
}

/** Maximum number of selected webhooks. The command line does more, and can resume. */
export const maxSelected = 1_000

export const nothingSelected: Selection = { list: '', ids: new Set(), anchor: null, gathering: null }

/** Returns the selection in the list of this route, which is empty if the user selected in another list before. */
export function selectionIn(selection: Selection, route: Extract<Route, { page: 'application' }>): Selection {
  const list = hashOf(firstPage({ ...route, list: { ...route.list, sort: 'id' } }))
  return selection.list === list ? selection : { ...nothingSelected, list }
}

/** Selects or deselects webhooks, up to the maximum. */
export function pick(selection: Selection, ids: readonly string[], isPicked: boolean): Selection {
  const picked = new Set(selection.ids)
  for (const id of ids)
    if (!isPicked) picked.delete(id)
    else if (picked.size < maxSelected) picked.add(id)
  return { ...selection, ids: picked, anchor: null, gathering: null }
}

/** Returns the IDs between two, including both, in either order; only the second if the first is not among them. */
export function range(ids: readonly string[], first: string | null, second: string): readonly string[] {
  const [start, end] = [first === null ? -1 : ids.indexOf(first), ids.indexOf(second)].sort((a, b) => a - b)
  return start === undefined || start < 0 ? [second] : ids.slice(start, (end ?? start) + 1)
}
