export interface WebhookIds {
  applicationId: string
  webhookId: string
}

/** Ages of a current secret, in days, after which a list can show it. */
export const ages = [30, 90, 180, 365] as const
export type Age = (typeof ages)[number]

/** The age from which the home shows a secret as due, unless the fragment names another. */
export const defaultAge: Age = 90

export const webhookStates = ['no_secret', 'one_key', 'overlap'] as const
export const webhookSorts = ['id', 'keyCreatedAt'] as const

/** What the list of applications shows. An empty `search` and a null list everything, from the first page. */
export interface ApplicationsQuery {
  search: string
  cursor: string | null
}

/** What an application's list of webhooks shows. An empty `search` and a null do not filter. */
export interface WebhooksQuery {
  search: string
  state: (typeof webhookStates)[number] | null
  olderThan: Age | null
  sort: (typeof webhookSorts)[number]
  cursor: string | null
}

/** The page that the URL fragment identifies, with the state of its list. The fragment contains no secret. */
export type Route =
  | { page: 'home'; olderThan: Age }
  | { page: 'applications'; list: ApplicationsQuery }
  | { page: 'application'; applicationId: string; list: WebhooksQuery }
  | ({ page: 'webhook' } & WebhookIds)
  | { page: 'find' }
  | { page: 'unknown' }

const patterns = {
  application: /^#\/applications\/([A-Za-z0-9_.-]+)$/,
  webhook: /^#\/applications\/([A-Za-z0-9_.-]+)\/webhooks\/([A-Za-z0-9_.-]+)$/,
}

/**
 * Parses the URL fragment. Anyone can write one, so a parameter with any value but those allowed counts as missing.
 * @param hash the value of `location.hash`
 */
export function readRoute(hash: string): Route {
  const path = pathOf(hash)
  const parameters = new URLSearchParams(hash.slice(path.length))
  if (path === '' || path === '#' || path === '#/')
    return { page: 'home', olderThan: readAge(parameters) ?? defaultAge }
  if (path === '#/applications') return { page: 'applications', list: readApplicationsQuery(parameters) }
  if (path === address.find) return { page: 'find' }
  const [, applicationId] = patterns.application.exec(path) ?? []
  if (applicationId !== undefined)
    return { page: 'application', applicationId, list: readWebhooksQuery(parameters) }
  const [, owner, webhookId] = patterns.webhook.exec(path) ?? []
  if (owner !== undefined && webhookId !== undefined)
    return { page: 'webhook', applicationId: owner, webhookId }
  return { page: 'unknown' }
}

/** Returns the URL fragment of a page with the state of its list, always written alike. */
export function hashOf(route: Route): string {
  switch (route.page) {
    case 'home':
      return address.home(route.olderThan)
    case 'applications':
      return address.applications(route.list)
    case 'application':
      return address.application(route.applicationId, route.list)
    case 'webhook':
      return address.webhook(route)
    case 'find':
      return address.find
    case 'unknown':
      return '#/unknown'
  }
}

/** Returns whether both are the same page, perhaps with another state of its list. */
export function isSamePage(one: Route, other: Route): boolean {
  return pathOf(hashOf(one)) === pathOf(hashOf(other))
}

/** The `href` of each page. */
export const address = {
  home: (olderThan: Age = defaultAge) =>
    fragment('#/', { olderThan: olderThan === defaultAge ? null : olderThan }),
  find: '#/find',
  applications: ({ search, cursor }: Partial<ApplicationsQuery> = {}) =>
    fragment('#/applications', { search, cursor }),
  application: (
    applicationId: string,
    { search, state, olderThan, sort, cursor }: Partial<WebhooksQuery> = {},
  ) =>
    fragment(`#/applications/${applicationId}`, {
      ...{ search, state, olderThan },
      sort: sort === 'id' ? null : sort,
      cursor,
    }),
  webhook: ({ applicationId, webhookId }: WebhookIds) =>
    `#/applications/${applicationId}/webhooks/${webhookId}`,
  /** Outside the console, which may be below a path prefix. */
  publicKeys: ({ applicationId, webhookId }: WebhookIds) => `jwks/${applicationId}/${webhookId}`,
}

function fragment(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters))
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value))
  return query.size === 0 ? path : `${path}?${query.toString()}`
}

function pathOf(hash: string): string {
  return hash.replace(/\?.*$/s, '')
}

function readApplicationsQuery(parameters: URLSearchParams): ApplicationsQuery {
  return { search: readSearch(parameters), cursor: readCursor(parameters) }
}

function readWebhooksQuery(parameters: URLSearchParams): WebhooksQuery {
  return {
    search: readSearch(parameters),
    state: oneOf(webhookStates, parameters.get('state')),
    olderThan: readAge(parameters),
    sort: oneOf(webhookSorts, parameters.get('sort')) ?? 'id',
    cursor: readCursor(parameters),
  }
}

function readAge(parameters: URLSearchParams): Age | null {
  return oneOf(ages, parameters.get('olderThan'))
}

/** The API takes up to 200 characters. A link from elsewhere may have a secret in it, which is not sent. */
function readSearch(parameters: URLSearchParams): string {
  const search = parameters.get('search') ?? ''
  return Array.from(search).length <= 200 && !/\p{Cc}/u.test(search) && !holdsSecret(search) ? search : ''
}

/** Returns whether the text has what looks like a secret or private key, which must not be in a URL. */
export function holdsSecret(text: string): boolean {
  return /wh(?:sec|sk)_[A-Za-z0-9+/]{8}/.test(text)
}

function readCursor(parameters: URLSearchParams): string | null {
  const cursor = parameters.get('cursor') ?? ''
  return /^[A-Za-z0-9_-]{1,200}$/.test(cursor) ? cursor : null
}

function oneOf<T extends string | number>(allowed: readonly T[], value: string | null): T | null {
  return allowed.find((each) => String(each) === value) ?? null
}
