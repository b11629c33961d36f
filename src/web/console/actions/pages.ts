import { isAllWell } from '../attention.ts'
import { mayPass, type Attempt } from '../problem.ts'
import { endsBetween, isProbedBetween, keyEnd } from '../overlap.ts'
import { isSamePage, type Age, type Route, type WebhookIds } from '../route.ts'
import { selectionIn } from '../selection.ts'
import { nothingLoaded, type ListedKey, type Loadable, type State } from '../state.ts'
import type { Context } from './attempt.ts'
import { createHomeRequests } from './home.ts'
import { mayList, type Lists } from './lists.ts'

const application = '/applications/{applicationId}'
const webhook = '/applications/{applicationId}/webhooks/{webhookId}'
const eventsPerPage = 20

export type Pages = ReturnType<typeof createPages>

/** Creates the actions that open a page and load its data. */
export function createPages({ store, client, attempt }: Context, lists: Lists) {
  /** Cancels the page's requests when another page opens or the page reloads, so late responses change nothing. */
  let visit = new AbortController()

  async function load<Part extends keyof State>(
    part: Part,
    what: Attempt,
    call: (signal: AbortSignal) => Promise<State[Part] extends Loadable<infer T> ? T : never>,
  ): Promise<void> {
    const { signal } = visit
    const outcome = await attempt(what, () => call(signal))
    if (signal.aborted) return
    const before = store.get()[part] as Loadable<unknown>
    const keepsData = outcome.is === 'failed' && before.is === 'done' && mayPass(outcome.problem)
    store.set({ [part]: keepsData ? { ...before, problem: outcome.problem } : outcome, now: Date.now() })
  }

  const home = createHomeRequests(client)

  function loadKeys(path: WebhookIds): Promise<void> {
    return load('keys', may.readKeys, (signal) =>
      client.GET(`${webhook}/secret`, { params: { path }, signal }).then(({ data }) => data),
    )
  }

  function requestEvents(path: WebhookIds, signal: AbortSignal, cursor?: string) {
    const query = { limit: eventsPerPage, ...(cursor !== undefined && { cursor }) }
    return client.GET(`${webhook}/events`, { params: { path, query }, signal }).then(({ data }) => data)
  }

  function loadApplication(applicationId: string): Promise<void> {
    return load('application', may.readApplication, (signal) =>
      client.GET(application, { params: { path: { applicationId } }, signal }).then(({ data }) => data),
    )
  }

  async function loadHome(olderThan: Age): Promise<void> {
    const { signal } = visit
    await Promise.all([
      load('previousKeys', may.readKeys, home.previousKeys),
      load('dueKeys', may.readKeys, home.dueKeys(olderThan)),
      load('lostKeys', may.readKeys, home.lostKeys),
      load('failedEvents', may.readEvents, home.failedEvents),
    ])
    if (!signal.aborted && isAllWell(store.get()))
      await load('hasApplication', mayList.applications, home.hasApplication)
  }

  /** Reloads the current page, which stays visible until the new data arrives. Without a session, does nothing. */
  function reload(): void {
    const { route, session } = store.get()
    if (!session) return
    visit.abort()
    visit = new AbortController()
    store.set({ more: null })
    loadPage(route)
    if (route.page === 'application') void loadApplication(route.applicationId)
  }

  /** Loads what the page shows, except the application. */
  function loadPage(route: Route): void {
    if (route.page === 'home') {
      void loadHome(route.olderThan)
    } else if (route.page === 'application' || route.page === 'applications') {
      void lists.loadList(route, visit.signal)
    } else if (route.page === 'webhook') {
      const path = { applicationId: route.applicationId, webhookId: route.webhookId }
      void load('webhook', may.readWebhook, (signal) =>
        client.GET(webhook, { params: { path }, signal }).then(({ data }) => data),
      )
      void loadKeys(path)
      void load('invitations', may.listInvitations, (signal) =>
        client
          .GET(`${webhook}/secret/invitations`, { params: { path, query: { limit: 100 } }, signal })
          .then(({ data }) => data),
      )
      void load('events', may.readEvents, (signal) => requestEvents(path, signal))
    }
  }

  /** Loads older events of the visible webhook, and appends them. */
  async function showMore(): Promise<void> {
    const { route, events, more } = store.get()
    if (route.page !== 'webhook' || events.is !== 'done' || events.value.nextCursor === null) return
    if (more?.is === 'loading') return
    const { items, nextCursor } = events.value
    const { signal } = visit
    store.set({ more: { is: 'loading' } })
    const page = await attempt(may.readEvents, () => requestEvents(route, signal, nextCursor))
    if (signal.aborted) return
    if (page.is === 'failed') {
      store.set({ more: page })
      return
    }
    store.set({
      events: { is: 'done', value: { ...page.value, items: [...items, ...page.value.items] } },
      more: null,
      announcement: `${page.value.items.length} more loaded.`,
    })
  }

  /** Opens a page, and loads its data if the user is signed in. */
  function open(route: Route): void {
    const { session, route: before, application, selection } = store.get()
    visit.abort()
    visit = new AbortController()
    const keepsData = session && route.page === 'home' && isSamePage(route, before)
    const keepsApplication = application.is === 'done' && isInSameApplication(before, route)
    store.set({
      route,
      ...(keepsData ? { dueKeys: { is: 'loading' } } : nothingLoaded),
      ...lists.showKept(route),
      ...(keepsApplication && { application: { is: 'done', value: application.value } }),
      ...(route.page === 'application' && { selection: selectionIn(selection, route) }),
      announcement: '',
    })
    if (!session) return
    loadPage(route)
    if (route.page === 'application' && store.get().application.is !== 'done')
      void loadApplication(route.applicationId)
  }

  /** Updates the displayed time. Reloads the keys if a key expired or the receiver was probed since the last tick. */
  function tick(now: number): void {
    const { route, keys, previousKeys, now: before } = store.get()
    const endsNow = (key: ListedKey) => keyEnd(key) > before && keyEnd(key) <= now
    store.set({ now })
    if (route.page === 'home' && previousKeys.is === 'done' && previousKeys.value.keys.some(endsNow))
      void load('previousKeys', may.readKeys, home.previousKeys)
    if (route.page !== 'webhook' || keys.is !== 'done') return
    if (endsBetween(keys.value, before, now) || isProbedBetween(keys.value, before, now)) void loadKeys(route)
  }

  return { open, reload, showMore, tick }
}

function isInSameApplication(one: Route, other: Route): boolean {
  return 'applicationId' in one && 'applicationId' in other && one.applicationId === other.applicationId
}

const may = {
  readApplication: { what: 'read this application', scope: 'applications:read' },
  readWebhook: { what: 'read this webhook', scope: 'webhooks:read' },
  readKeys: { what: 'read the keys', scope: 'secrets:read' },
  listInvitations: { what: 'list the invitations', scope: 'secrets:read' },
  readEvents: { what: 'read the audit trail', scope: 'events:read' },
}
