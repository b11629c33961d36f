import type { components } from '../../client/client.ts'
import { firstPage, type WebhooksRoute } from './listing.ts'
import type { Problem } from './problem.ts'
import { hashOf } from './route.ts'

type Webhook = components['schemas']['Webhook']

/** The ID of each webhook's current key, as the page has shown it last; null without a current key. */
export type KeyIds = ReadonlyMap<string, string | null>

/** The part of a webhook that the selection keeps. */
export type Selectable = Pick<Webhook, 'id' | 'keyId'>

/** The webhooks that the user has selected in a list. */
export interface Selection {
  /** The list's fragment, without its page and order. Another list starts with nothing selected. */
  list: string
  keyIds: KeyIds
  /** The webhook that was clicked last, from which Shift selects a range. */
  anchor: string | null
  /** The state of "select all that match"; null unless it is loading or has failed. */
  gathering: { is: 'loading' } | { is: 'failed'; problem: Problem } | null
}

/** Maximum number of selected webhooks. The command line does more, and can resume. */
export const maxSelected = 1_000

export const nothingSelected: Selection = { list: '', keyIds: new Map(), anchor: null, gathering: null }

/** Returns the selection in the list of this route, which is empty if the user selected in another list before. */
export function selectionIn(selection: Selection, route: WebhooksRoute): Selection {
  const list = hashOf(firstPage({ ...route, list: { ...route.list, sort: 'id' } }))
  return selection.list === list ? selection : { ...nothingSelected, list }
}

/** Selects or deselects webhooks, up to the maximum. */
export function pick(selection: Selection, webhooks: readonly Selectable[], isPicked: boolean): Selection {
  const keyIds = new Map(selection.keyIds)
  for (const { id, keyId } of webhooks)
    if (!isPicked) keyIds.delete(id)
    else if (keyIds.size < maxSelected) keyIds.set(id, keyId)
  return { ...selection, keyIds, anchor: null, gathering: null }
}

/** Returns the selection with the keys that the page shows now. */
export function withKeys(selection: Selection, webhooks: readonly Selectable[]): Selection {
  const keyIds = new Map(selection.keyIds)
  for (const { id, keyId } of webhooks) if (keyIds.has(id)) keyIds.set(id, keyId)
  return { ...selection, keyIds }
}

/** Returns the IDs between two, including both, in either order; only the second if the first is not among them. */
export function range(ids: readonly string[], first: string | null, second: string): readonly string[] {
  const [start, end] = [first === null ? -1 : ids.indexOf(first), ids.indexOf(second)].sort((a, b) => a - b)
  return start === undefined || start < 0 ? [second] : ids.slice(start, (end ?? start) + 1)
}
