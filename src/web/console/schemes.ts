import type { components } from '../../client/client.ts'

export type SchemeName = components['schemas']['SignatureScheme']

/** What the console says about a signature scheme. */
interface SchemeWords {
  /** Whose receivers verify messages this way, at most with a header of their own. */
  like: string
  /** The signature header, unless the webhook has its own. */
  header: string
  /** Whether a webhook can have its own signature header. */
  headerMayChange: boolean
  /** The imported secrets that it accepts: `whsec_` and base64, any visible ASCII, or none. */
  imports: 'base64' | 'text' | null
  /** Whether a message carries one signature, so that the oldest live key signs alone. */
  carriesOne: boolean
  /** Whether the first proof ends a self-ending overlap, because a receiver verifies with the oldest key alone. */
  endsAtFirstProof: boolean
}

const several = { carriesOne: false, endsAtFirstProof: false }
const single = { carriesOne: true, endsAtFirstProof: true }

/** Every signature scheme, in the order of the registry. */
export const schemes: Record<SchemeName, SchemeWords> = {
  'standard-webhooks': {
    like: 'Standard Webhooks, OpenAI, Polar, Replicate',
    header: 'webhook-signature',
    headerMayChange: false,
    imports: 'base64',
    ...several,
  },
  svix: {
    like: 'Svix, Clerk, Resend',
    header: 'svix-signature',
    headerMayChange: false,
    imports: 'base64',
    ...several,
  },
  stripe: {
    like: 'Stripe · own header: Mux, Calendly',
    header: 'Stripe-Signature',
    headerMayChange: true,
    imports: 'text',
    ...several,
  },
  paddle: {
    like: 'Paddle',
    header: 'Paddle-Signature',
    headerMayChange: true,
    imports: 'text',
    carriesOne: false,
    endsAtFirstProof: true,
  },
  github: {
    like: 'GitHub, Meta, WhatsApp · own header: Notion',
    header: 'X-Hub-Signature-256',
    headerMayChange: true,
    imports: 'text',
    ...single,
  },
  shopify: {
    like: 'Shopify · own header: WooCommerce, LINE, Xero',
    header: 'X-Shopify-Hmac-Sha256',
    headerMayChange: true,
    imports: 'text',
    ...single,
  },
  slack: {
    like: 'Slack',
    header: 'X-Slack-Signature',
    headerMayChange: false,
    imports: 'text',
    ...single,
  },
  ed25519: {
    like: 'Standard Webhooks with a public key',
    header: 'webhook-signature',
    headerMayChange: false,
    imports: null,
    ...several,
  },
}

/** Explains what an imported secret looks like. @param scheme undefined if it is not known */
export function secretRule(scheme: SchemeName | undefined): string {
  return scheme !== undefined && schemes[scheme].imports === 'base64'
    ? 'whsec_ followed by the base64 of 24 to 64 bytes'
    : '16 to 256 letters, digits and ASCII symbols, without spaces'
}

/** Returns what is wrong with the shape of an imported secret, or null. Only the server can check more than the shape. */
export function faultOfSecret(secret: string, scheme: SchemeName | undefined): string | null {
  if (/^wh[sp]k_([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/.test(secret))
    return 'This is a private or public key (whsk_, whpk_), which cannot be imported.'
  const isBase64Only = scheme !== undefined && schemes[scheme].imports === 'base64'
  if (isBase64Only ? isDecodable(secret) : /^[!-~]{16,256}$/.test(secret)) return null
  return `Must be ${secretRule(scheme)}${isBase64Only ? `, as ${scheme} requires` : ''}.`
}

function isDecodable(secret: string): boolean {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? []
  if (encoded.length % 4 !== 0) return false
  const bytes = atob(encoded)
  return btoa(bytes) === encoded && bytes.length >= 24 && bytes.length <= 64
}
