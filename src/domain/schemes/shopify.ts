import type { Scheme } from './scheme.ts'

/** https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook */
export const shopify: Scheme = {
  signatureHeader: 'X-Shopify-Hmac-Sha256',
  headerMayChange: true,
  signedBefore: () => '',
  version: '',
  encoding: 'base64',
  keyBytes: 'text',
}
