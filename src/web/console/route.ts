export interface WebhookIds {
  applicationId: string
  webhookId: string
}

/** The page that the URL fragment identifies. The fragment contains only IDs. */
export type Route =
  | { page: 'applications' }
  | { page: 'application'; applicationId: string }
  | ({ page: 'webhook' } & WebhookIds)
  | { page: 'find' }
  | { page: 'unknown' }

const patterns = {
  application: /^#\/applications\/([A-Za-z0-9_.-]+)$/,
  webhook: /^#\/applications\/([A-Za-z0-9_.-]+)\/webhooks\/([A-Za-z0-9_.-]+)$/,
}

/** Parses the URL fragment. @param hash the value of `location.hash` */
export function readRoute(hash: string): Route {
  if (hash === '' || hash === '#' || hash === '#/') return { page: 'applications' }
  if (hash === address.find) return { page: 'find' }
  const [, applicationId] = patterns.application.exec(hash) ?? []
  if (applicationId !== undefined) return { page: 'application', applicationId }
  const [, owner, webhookId] = patterns.webhook.exec(hash) ?? []
  if (owner !== undefined && webhookId !== undefined)
    return { page: 'webhook', applicationId: owner, webhookId }
  return { page: 'unknown' }
}

/** The `href` of each page. */
export const address = {
  applications: '#/',
  find: '#/find',
  application: (applicationId: string) => `#/applications/${applicationId}`,
  webhook: ({ applicationId, webhookId }: WebhookIds) =>
    `#/applications/${applicationId}/webhooks/${webhookId}`,
  /** Outside the console, which may be below a path prefix. */
  publicKeys: ({ applicationId, webhookId }: WebhookIds) => `jwks/${applicationId}/${webhookId}`,
}
