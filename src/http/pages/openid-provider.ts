import type { Logger } from 'pino'
import { z } from 'zod'
import type { OidcConfig } from '../../config/config.ts'

const timeoutMs = 3_000
const maxBytes = 262_144
/** How long a provider's metadata stays cached, in milliseconds. */
const freshMs = 600_000
/** Minimum milliseconds between two attempts while the provider does not respond. */
const cooldownMs = 5_000

/** @param url schema of an endpoint */
const metadataSchema = (url: z.ZodURL) =>
  z.object({
    issuer: z.string(),
    authorization_endpoint: url,
    token_endpoint: url,
    end_session_endpoint: url.optional(),
    authorization_response_iss_parameter_supported: z.boolean().optional(),
  })

/** The settings that a browser needs for a sign-in. */
export interface SignInSettings extends Omit<OidcConfig, 'issuer'> {
  /** The provider's metadata (OpenID Connect Discovery 1.0, section 3); null while the provider cannot be reached. */
  metadata: z.infer<ReturnType<typeof metadataSchema>> | null
  issuer: string
}

/** Returns the current settings. Never rejects. */
export type ReadSettings = () => Promise<SignInSettings>

/** Creates a function that finds the provider's endpoints by its discovery document, and remembers them. */
export function openIdProvider(config: OidcConfig, logger: Logger): ReadSettings {
  let metadata: SignInSettings['metadata'] = null
  let nextReadAt = 0
  let reading: Promise<void> | undefined
  async function read(): Promise<void> {
    try {
      metadata = await discover(config.issuer)
      nextReadAt = Date.now() + freshMs
    } catch (error) {
      nextReadAt = Date.now() + cooldownMs
      logger.warn(
        { error },
        'cannot read the discovery document of the identity provider; people cannot sign in to the console with it',
      )
    } finally {
      reading = undefined
    }
  }
  return async () => {
    if (Date.now() >= nextReadAt) await (reading ??= read())
    return { ...config, metadata }
  }
}

async function discover(issuer: string) {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  if (response.status !== 200) throw new Error(`${address} returned ${response.status}`)
  const endpoint = z.url({
    // Only a provider without HTTPS may name endpoints without HTTPS.
    protocol: issuer.startsWith('https:') ? /^https$/ : /^https?$/,
    // In URLs, hosts may contain characters that have a meaning in the page's Content-Security-Policy, such as `;`.
    hostname: /^[\w.:[\]-]+$/,
  })
  const found = metadataSchema(endpoint).parse(JSON.parse(await readText(response, address)))
  if (found.issuer !== issuer)
    throw new Error(
      `${address} names the issuer ${found.issuer}, which differs from the one in REKEY_JWT_ISSUER`,
    )
  return found
}

async function readText(response: Response, address: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > maxBytes) throw new Error(`${address} returned more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
