import { z } from 'zod'
import document from '../../../generated/openapi.json' with { type: 'json' }
import { parseReceiverUrl } from '../../domain/receiver-url.ts'
import { maxLiveKeys } from '../../domain/rotation.ts'
import { chooseScheme, HeaderNotAllowed } from '../../domain/schemes/choose-scheme.ts'
import { schemes, type SchemeChoice, type SchemeName } from '../../domain/schemes/schemes.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import {
  holdsSigningSecret,
  isEd25519Key,
  isDecodable,
  parseSigningSecret,
  type SigningSecret,
} from '../../domain/signing-secret.ts'

/** Maximum time until a previous secret ends, in milliseconds: the longest overlap. */
const maxOverlapMs = 604_800_000

/** A valid line of the file. */
export interface Line extends KeyOwner {
  /** Its number in the file, from 1. */
  number: number
  url: string
  /** Undefined keeps the description of an existing webhook. */
  description: string | null | undefined
  /** The scheme and header that the line names; those left out keep their value. */
  scheme: { name: SchemeName | undefined; header: string | undefined }
  secret: SigningSecret
  /** Newest first. `expiresAt` is in milliseconds since 1970. */
  previous: { secret: SigningSecret; expiresAt: number }[]
}

/** Thrown for a line that cannot be imported. The message never repeats a value, which may be a secret. */
export class InvalidLine extends Error {
  override name = 'InvalidLine'
}

const { Id, WebhookInput, WebhookUrl, RotationInput } = document.components.schemas

interface TextRule {
  pattern: string
  maxLength: number
  'x-rule': string
}

function text({ pattern, maxLength, 'x-rule': rule }: TextRule) {
  return z.string('must be a string').min(1, rule).max(maxLength, rule).regex(new RegExp(pattern, 'u'), rule)
}

const secret = text(RotationInput.properties.signingSecret)

/** Zod's own message for an unknown property would quote its name, which may be anything. */
function object<Shape extends z.ZodRawShape>(shape: Shape) {
  const unknown = `has an unknown property; allowed: ${Object.keys(shape).join(', ')}`
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? unknown : 'must be an object'),
  })
}

const lineSchema = object({
  applicationId: text(Id),
  webhookId: text(Id),
  url: text(WebhookUrl),
  description: text(WebhookInput.properties.description).nullable().optional(),
  signatureScheme: z.enum(Object.keys(schemes) as [SchemeName, ...SchemeName[]]).optional(),
  signatureHeader: text(WebhookInput.properties.signatureHeader).optional(),
  signingSecret: secret,
  previous: z
    .array(
      object({
        signingSecret: secret,
        expiresAt: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-01-31T12:00:00Z' }),
      }),
    )
    .max(
      maxLiveKeys - 1,
      `must have at most ${maxLiveKeys - 1} secrets, because a webhook has at most ${maxLiveKeys} live keys`,
    )
    .default([]),
})

/**
 * Parses and validates a line.
 * @param now milliseconds since 1970
 * @throws InvalidLine
 */
export function parseLine(json: string, number: number, now: number): Line {
  const { data, error } = lineSchema.safeParse(parseJson(json))
  if (!data)
    throw new InvalidLine(error.issues.map(({ path, message }) => `${place(path)}${message}`).join('; '))
  const { applicationId, webhookId, url, description, signatureScheme: name, signatureHeader: header } = data
  if (!parseReceiverUrl(url))
    throw new InvalidLine(
      'url must have a valid host name or IP address, and a port from 1 to 65535 if it names one',
    )
  if ([data, ...data.previous].some(({ signingSecret }) => isEd25519Key(signingSecret)))
    throw new InvalidLine('signingSecret must not be a private or public key (whsk_ or whpk_)')
  const previous = data.previous.map(({ signingSecret, expiresAt }) => ({
    secret: parseSigningSecret(signingSecret),
    expiresAt: Date.parse(expiresAt),
  }))
  const line = { number, applicationId, webhookId, url, description, scheme: { name, header }, previous }
  const secrets = [data.signingSecret, ...previous.map(({ secret }) => secret)]
  for (const field of ['url', 'description'] as const) {
    const value = data[field] ?? ''
    if (holdsSigningSecret(value) || secrets.some((secret) => value.includes(secret)))
      throw new InvalidLine(`${field} must not contain a signing secret; this field is stored in plaintext`)
  }
  if (new Set(secrets).size < secrets.length) throw new InvalidLine('the same secret appears twice')
  for (const [i, { expiresAt }] of previous.entries())
    if (expiresAt <= now || expiresAt > now + maxOverlapMs)
      throw new InvalidLine(
        `previous[${i}].expiresAt must be within the next 7 days; leave out secrets that have ended`,
      )
  return { ...line, secret: parseSigningSecret(data.signingSecret) }
}

/**
 * Returns the scheme that the webhook will have.
 * @param stored the scheme of an existing webhook
 * @throws InvalidLine if the scheme does not take the line's header or secrets
 */
export function schemeOf({ scheme, secret, previous }: Line, stored?: SchemeChoice): SchemeChoice {
  const chosen = choose(scheme, stored)
  const { keyBytes, separator } = schemes[chosen.name]
  if (keyBytes === 'private')
    throw new InvalidLine(
      `${chosen.name} webhooks cannot be imported, because only Rekey has their private keys; create the webhook with the API`,
    )
  const isUnfit = (text: string) => keyBytes === 'decoded' && !isDecodable(text)
  if ([secret, ...previous.map(({ secret }) => secret)].some(isUnfit))
    throw new InvalidLine(
      `the scheme ${chosen.name} takes only secrets that are whsec_ followed by the base64 of 24 to 64 bytes`,
    )
  if (previous.length > 0 && separator === undefined)
    throw new InvalidLine(`previous must be empty, because a message of ${chosen.name} carries one signature`)
  return chosen
}

function choose(scheme: Line['scheme'], stored?: SchemeChoice): SchemeChoice {
  try {
    return chooseScheme(scheme, stored)
  } catch (error) {
    if (error instanceof HeaderNotAllowed) throw new InvalidLine(`signatureHeader ${error.message}`)
    throw error
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // No `cause`: its message quotes the line.
    throw new InvalidLine('the line is not valid JSON')
  }
}

function place(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (before, part) => (typeof part === 'number' ? `${before}[${part}]` : `${before}.${String(part)}`),
    '',
  )
  return text === '' ? '' : `${text.slice(1)} `
}
