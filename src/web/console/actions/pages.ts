import { mayPass, type Attempt, type Problem } from '../problem.ts'
import { isAllWell } from '../attention.ts'
import { endsBetween, isProbedBetween, keyEnd } from '../overlap.ts'
import { isSamePage, type Age, type Route, type WebhookIds } from '../route.ts'
import {
  nothingLoaded,
  type List,
  type ListedKey,
  type Loadable,
  type State,
  type Webhook,
} from '../state.ts'
import type { Context } from './attempt.ts'
import { createHomeRequests } from './home.ts'

const application = '/applications/{applicationId}'
const webhook = '/applications/{applicationId}/webhooks/{webhookId}'
const pageSize = 20

export type Pages = ReturnType<typeof createPages>

/** Creates the actions that open a page and load its data. */
export function createPages({ store, client, attempt }: Context) {
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

  const lists = {
    applications: (cursor?: string) => (signal: AbortSignal) =>
      client.GET('/applications', { params: { query: query(cursor) }, signal }).then(({ data }) => data),
    webhooks: (applicationId: string, cursor?: string) => async (signal: AbortSignal) => {
      const params = { path: { applicationId }, query: query(cursor) }
      const { data } = await client.GET(`${application}/webhooks`, { params, signal })
      void loadOverlaps(data.items, signal)
      return data
    },
    events: (path: WebhookIds, cursor?: string) => (signal: AbortSignal) =>
      client
        .GET(`${webhook}/events`, { params: { path, query: query(cursor) }, signal })
        .then(({ data }) => data),
  }

  const home = createHomeRequests(client)

  function loadKeys(path: WebhookIds): Promise<void> {
    return load('keys', may.readKeys, (signal) =>
      client.GET(`${webhook}/secret`, { params: { path }, signal }).then(({ data }) => data),
    )
  }

  /** Loads the keys for the timelines in a list of webhooks. If the token cannot read keys, no timelines appear. */
  async function loadOverlaps(webhooks: Webhook[], signal: AbortSignal): Promise<void> {
    const overlapping = webhooks.filter(({ liveKeys }) => liveKeys > 1)
    await Promise.all(
      overlapping.map(async ({ applicationId, id }) => {
        const params = { path: { applicationId, webhookId: id } }
        const keys = await attempt(may.readKeys, () => client.GET(`${webhook}/secret`, { params, signal }))
        if (keys.is === 'done' && !signal.aborted)
          store.set({ overlaps: { ...store.get().overlaps, [id]: keys.value.data } })
      }),
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
      await load('hasApplication', may.listApplications, home.hasApplication)
  }

  /** Reloads the current page, which stays visible until the new data arrives. */
  function reload(): void {
    const { route } = store.get()
    visit.abort()
    visit = new AbortController()
    if (route.page === 'home') {
      void loadHome(route.olderThan)
    } else if (route.page === 'applications') {
      void load('applications', may.listApplications, lists.applications())
    } else if (route.page === 'application') {
      const path = { applicationId: route.applicationId }
      void load('application', may.readApplication, (signal) =>
        client.GET(application, { params: { path }, signal }).then(({ data }) => data),
      )
      void load('webhooks', may.listWebhooks, lists.webhooks(route.applicationId))
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
      void load('events', may.readEvents, lists.events(path))
    }
  }

  /** Loads the visible list's next page and appends it. */
  async function showMore(): Promise<void> {
    const { route } = store.get()
    store.set({ more: { is: 'loading' } })
    const problem =
      route.page === 'applications'
        ? await append('applications', may.listApplications, lists.applications)
        : route.page === 'application'
          ? await append('webhooks', may.listWebhooks, (cursor) =>
              lists.webhooks(route.applicationId, cursor),
            )
          : route.page === 'webhook'
            ? await append('events', may.readEvents, (cursor) => lists.events(route, cursor))
            : null
    store.set({ more: problem && { is: 'failed', problem } })
  }

  async function append<Part extends 'applications' | 'webhooks' | 'events'>(
    part: Part,
    what: Attempt,
    next: (cursor: string) => (signal: AbortSignal) => Promise<ListOf<Part>>,
  ): Promise<Problem | null> {
    const shown = store.get()[part]
    if (shown.is !== 'done' || shown.value.nextCursor === null) return null
    const { signal } = visit
    const { items, nextCursor } = shown.value
    const page = await attempt(what, () => next(nextCursor)(signal))
    if (signal.aborted) return null
    if (page.is === 'failed') return page.problem
    const value = { items: [...items, ...page.value.items], nextCursor: page.value.nextCursor }
    store.set({
      [part]: { is: 'done', value },
      announcement: `${page.value.items.length} more loaded.`,
    })
    return null
  }

  /** Opens a page, and loads its data if the user is signed in. */
  function open(route: Route): void {
    visit.abort()
    const { session, route: before } = store.get()
    const keepsData = session && route.page === 'home' && isSamePage(route, before)
    store.set({ route, ...(!keepsData && nothingLoaded), announcement: '' })
    if (session) reload()
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

type ListOf<Part extends 'applications' | 'webhooks' | 'events'> =
  State[Part] extends Loadable<List<infer Item>> ? List<Item> : never

function query(cursor?: string) {
  return { limit: pageSize, ...(cursor !== undefined && { cursor }) }
}

const may = {
  listApplications: { what: 'list applications', scope: 'applications:read' },
  readApplication: { what: 'read this application', scope: 'applications:read' },
  listWebhooks: { what: 'list webhooks', scope: 'webhooks:read' },
  readWebhook: { what: 'read this webhook', scope: 'webhooks:read' },
  readKeys: { what: 'read the keys', scope: 'secrets:read' },
  listInvitations: { what: 'list the invitations', scope: 'secrets:read' },
  readEvents: { what: 'read the audit trail', scope: 'events:read' },
}
