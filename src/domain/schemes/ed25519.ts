import type { Scheme } from './scheme.ts'
import { standardWebhooks } from './standard-webhooks.ts'

/** The asymmetric signatures of Standard Webhooks. */
export const ed25519: Scheme = {
  ...standardWebhooks,
  version: 'v1a,',
  keyBytes: 'private',
}
