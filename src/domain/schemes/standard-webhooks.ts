import type { Scheme } from './scheme.ts'

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const standardWebhooks: Scheme = {
  signatureHeader: 'webhook-signature',
  headerMayChange: false,
  idHeader: 'webhook-id',
  timestampHeader: 'webhook-timestamp',
  signedBefore: ({ id, timestamp }) => `${id}.${String(timestamp)}.`,
  version: 'v1,',
  encoding: 'base64',
  separator: ' ',
  keyBytes: 'decoded',
}
