import type { KeyOwner } from '../../src/domain/signing-key.ts'

/** How many applications the webhooks are spread over. */
export const applications = 100

/** The webhook of a number, as load.lua has it too. */
export function owner(number: number): KeyOwner {
  return { applicationId: `app_${number % applications}`, webhookId: `webhook_${number}` }
}
