import type { Scheme } from './scheme.ts'
import { standardWebhooks } from './standard-webhooks.ts'

/** Every signature scheme, by the name that the API uses. */
export const schemes = {
  'standard-webhooks': standardWebhooks,
} satisfies Record<string, Scheme>
