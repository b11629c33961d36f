import type { KeyOwner } from '../../src/domain/signing-key.ts'

/** The number of applications that share the webhooks. */
export const applications = 100

/** Returns the webhook with this number, which load.lua computes too. */
export function owner(number: number): KeyOwner {
  return { applicationId: `app_${number % applications}`, webhookId: `webhook_${number}` }
}
