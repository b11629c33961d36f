import type { KeyOwner } from '../../src/domain/signing-key.ts'

/** The number of applications over which the webhooks are spread. */
export const applications = 20

/** Returns the IDs of the webhook with this number. load.lua computes the same IDs. */
export function owner(number: number): KeyOwner {
  return { applicationId: `app_${number % applications}`, webhookId: `webhook_${number}` }
}
