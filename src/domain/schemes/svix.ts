import type { Scheme } from './scheme.ts'
import { standardWebhooks } from './standard-webhooks.ts'

/** Standard Webhooks under older header names: https://docs.svix.com/receiving/verifying-payloads/how-manual */
export const svix: Scheme = {
  ...standardWebhooks,
  signatureHeader: 'svix-signature',
  idHeader: 'svix-id',
  timestampHeader: 'svix-timestamp',
}
