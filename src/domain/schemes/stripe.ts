import type { Scheme } from './scheme.ts'

/** https://docs.stripe.com/webhooks#verify-manually */
export const stripe: Scheme = {
  signatureHeader: 'Stripe-Signature',
  headerMayChange: true,
  timestampParameter: 't',
  signedBefore: ({ timestamp }) => `${String(timestamp)}.`,
  version: 'v1=',
  encoding: 'hex',
  separator: ',',
  keyBytes: 'text',
}
