import { ed25519 } from './ed25519.ts'
import { github } from './github.ts'
import { paddle } from './paddle.ts'
import type { Scheme } from './scheme.ts'
import { shopify } from './shopify.ts'
import { slack } from './slack.ts'
import { standardWebhooks } from './standard-webhooks.ts'
import { stripe } from './stripe.ts'
import { svix } from './svix.ts'

/** Every signature scheme, by the name that the API uses. */
export const schemes = {
  'standard-webhooks': standardWebhooks,
  svix,
  stripe,
  paddle,
  github,
  shopify,
  slack,
  ed25519,
} satisfies Record<string, Scheme>

export type SchemeName = keyof typeof schemes

/** A webhook's scheme, as it is stored. */
export interface SchemeChoice {
  name: SchemeName
  /** The signature header; null for the scheme's own. */
  header: string | null
}

/** Returns the scheme with the webhook's signature header. */
export function toScheme({ name, header }: SchemeChoice): Scheme {
  const scheme = (schemes as Partial<Record<string, Scheme>>)[name]
  if (!scheme)
    throw new Error(`unknown signature scheme ${name}: a newer version of Rekey stored it; run that version`)
  return header === null ? scheme : { ...scheme, signatureHeader: header }
}
