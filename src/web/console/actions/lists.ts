import {
  atCursor,
  firstPage,
  keep,
  pageSize,
  withoutFilters,
  type ApplicationsRoute,
  type ListRoute,
  type WebhooksRoute,
} from '../listing.ts'
import { mayPass } from '../problem.ts'
import {
  hashOf,
  holdsSecret,
  isSamePage,
  type ApplicationsQuery,
  type Route,
  type WebhooksQuery,
} from '../route.ts'
import { withKeys } from '../selection.ts'
import type { Application, State, Webhook } from '../state.ts'
import type { Context } from './attempt.ts'

/** How long the search waits for the next key, in milliseconds. */
const pauseMs = 250
const dayMs = 86_400_000

export type Lists = ReturnType<typeof createLists>

/** Creates the actions that load, search and filter the lists of applications and webhooks. */
export function createLists({ store, client, attempt }: Context) {
  /** The timer of a search that is not in the fragment yet. */
  let typing: ReturnType<typeof setTimeout> | undefined

  function stopTyping(): void {
    clearTimeout(typing)
    typing = undefined
  }

  async function requestWebhooks(
    { applicationId, list }: WebhooksRoute,
    signal: AbortSignal | null = null,
    limit = pageSize,
  ) {
    const params = { path: { applicationId }, query: { limit, ...toQuery(list, Date.now()) } }
    return (await client.GET('/applications/{applicationId}/webhooks', { params, signal })).data
  }

  async function requestApplications({ list }: ApplicationsRoute, signal: AbortSignal, limit: number) {
    const query = { limit, ...toQuery(list, Date.now()) }
    return (await client.GET('/applications', { params: { query }, signal })).data
  }

  /** Loads the visible list. A response that arrives after the user has moved on changes nothing. */
  async function loadList(route: ListRoute, signal: AbortSignal): Promise<void> {
    const outcome = await attempt(
      route.page === 'application' ? mayList.webhooks : mayList.applications,
      async () => {
        const items: (Application | Webhook)[] = []
        let cursor = route.list.cursor
        // One call usually fills the page. The server limits the time of a call, so a search of many items takes several.
        for (;;) {
          const rest = pageSize - items.length
          const found: FoundPage = await (route.page === 'application'
            ? requestWebhooks(atCursor(route, cursor), signal, rest)
            : requestApplications(atCursor(route, cursor), signal, rest))
          items.push(...found.items)
          cursor = found.nextCursor
          if (items.length >= pageSize || cursor === null) return { ...found, items }
        }
      },
    )
    if (signal.aborted) return
    const part = partOf(route)
    if (outcome.is === 'failed') {
      const { [part]: before, isListLate } = store.get()
      const keepsRows = before.is === 'done' && !isListLate && mayPass(outcome.problem)
      store.set({
        [part]: keepsRows ? { ...before, problem: outcome.problem } : outcome,
        isListLate: false,
      })
      return
    }
    const { items, nextCursor, total = null } = outcome.value
    const { kept: before, selection } = store.get()
    const { page, kept } = keep(before, route, { items, nextCursor, total })
    store.set({
      [part]: { is: 'done', value: page },
      kept,
      isListLate: false,
      now: Date.now(),
      ...(route.page === 'application' && { selection: withKeys(selection, items as Webhook[]) }),
    })
  }

  /** Returns the state change that shows the known rows of the new page's list until the response arrives. */
  function showKept(route: Route): Partial<State> {
    const state = store.get()
    const isSame = isSamePage(state.route, route)
    if (!isSame) stopTyping()
    if (route.page !== 'applications' && route.page !== 'application') return { draft: null }
    const part = partOf(route)
    const known = state.kept.pages.get(hashOf(route))
    // While the user searches a list, its last rows stay visible.
    const last = isSame && state[part].is === 'done' ? state[part] : null
    const keepsDraft = isSame && (typing !== undefined || state.draft?.trim() === route.list.search)
    return {
      draft: keepsDraft ? state.draft : null,
      isListLate: !known && last !== null,
      ...((known ?? last) && { [part]: known ? { is: 'done', value: known } : last }),
    }
  }

  /** Replaces the fragment, so that "Back" leaves the list instead of undoing each filter. */
  function show(route: ListRoute): void {
    location.replace(hashOf(route))
  }

  /** Searches the list once the user has stopped typing. */
  function typeSearch(text: string): void {
    stopTyping()
    store.set({ draft: text })
    // A secret must not be in a URL.
    if (!holdsSecret(text)) typing = setTimeout(applySearch, pauseMs)
  }

  function applySearch(): void {
    typing = undefined
    const { route, draft } = store.get()
    if (draft === null || !('list' in route)) return
    const search = draft.trim()
    if (search !== route.list.search)
      show(firstPage({ ...route, list: { ...route.list, search } } as ListRoute))
  }

  function filter(change: Partial<Pick<WebhooksQuery, 'state' | 'olderThan' | 'sort'>>): void {
    const { route } = store.get()
    if (route.page === 'application') show(firstPage({ ...route, list: { ...route.list, ...change } }))
  }

  function clearFilters(): void {
    const { route } = store.get()
    stopTyping()
    store.set({ draft: null })
    if ('list' in route) show(withoutFilters(route))
  }

  return { requestWebhooks, loadList, showKept, typeSearch, filter, clearFilters }
}

interface FoundPage {
  items: (Application | Webhook)[]
  nextCursor: string | null
  total?: number | null
}

function partOf(route: ListRoute): 'webhooks' | 'applications' {
  return route.page === 'application' ? 'webhooks' : 'applications'
}

/** @param now milliseconds since 1970 */
function toQuery(
  { search, cursor, state, olderThan, sort }: ApplicationsQuery & Partial<WebhooksQuery>,
  now: number,
) {
  return {
    total: true,
    ...(search !== '' && { search }),
    ...(cursor !== null && { cursor }),
    ...(state && { state }),
    ...(olderThan && { createdBefore: new Date(now - olderThan * dayMs).toISOString() }),
    ...(sort && sort !== 'id' && { sort }),
  }
}

export const mayList = {
  applications: { what: 'list applications', scope: 'applications:read' },
  webhooks: { what: 'list webhooks', scope: 'webhooks:read' },
}
