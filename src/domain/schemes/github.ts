import type { Scheme } from './scheme.ts'

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export const github: Scheme = {
  signatureHeader: 'X-Hub-Signature-256',
  headerMayChange: true,
  signedBefore: () => '',
  version: 'sha256=',
  encoding: 'hex',
  keyBytes: 'text',
}
