import type { Scheme } from './scheme.ts'

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slack: Scheme = {
  signatureHeader: 'X-Slack-Signature',
  headerMayChange: false,
  timestampHeader: 'X-Slack-Request-Timestamp',
  signedBefore: ({ timestamp }) => `v0:${String(timestamp)}:`,
  version: 'v0=',
  encoding: 'hex',
  keyBytes: 'text',
}
