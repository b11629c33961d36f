/** A webhook, and the application that owns it. */
export interface WebhookIds {
  applicationId: string
  webhookId: string
}

/** What the page shows, as its address says behind the `#`. Never holds more than ids. */
export type Route =
  | { page: 'applications' }
  | { page: 'application'; applicationId: string }
  | ({ page: 'webhook' } & WebhookIds)
  | { page: 'unknown' }

const patterns = {
  application: /^#\/applications\/([A-Za-z0-9_.-]+)$/,
  webhook: /^#\/applications\/([A-Za-z0-9_.-]+)\/webhooks\/([A-Za-z0-9_.-]+)$/,
}

/** @param hash as `location.hash` has it */
export function readRoute(hash: string): Route {
  if (hash === '' || hash === '#' || hash === '#/') return { page: 'applications' }
  const [, applicationId] = patterns.application.exec(hash) ?? []
  if (applicationId !== undefined) return { page: 'application', applicationId }
  const [, owner, webhookId] = patterns.webhook.exec(hash) ?? []
  if (owner !== undefined && webhookId !== undefined)
    return { page: 'webhook', applicationId: owner, webhookId }
  return { page: 'unknown' }
}

/** The address of a page, as an `href`. */
export const address = {
  applications: '#/',
  application: (applicationId: string) => `#/applications/${applicationId}`,
  webhook: ({ applicationId, webhookId }: WebhookIds) =>
    `#/applications/${applicationId}/webhooks/${webhookId}`,
}
