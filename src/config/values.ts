/**
 * Schemas for the values of environment variables. Each error message completes a sentence that begins with the
 * variable's name, and never repeats a value that may be secret.
 */
import { readFileSync } from 'node:fs'
import { isIP, isIPv6 } from 'node:net'
import proxyAddress from 'proxy-addr'
import { z } from 'zod'
import { encryptionKeyBytes, type EncryptionKey } from '../domain/sealing.ts'
import { asymmetricAlgorithms } from './jwt-algorithms.ts'

/** Minimum length of an HS256 secret in bytes: it must be at least as long as the hash (RFC 7518, section 3.2). */
const minJwtSecretBytes = 32

/** Creates a schema from a function that returns the parsed value, or `fault(message)` if the text is not valid. */
export function value<T>(read: (text: string, fault: (message: string) => never) => T) {
  return z.string().transform((text, context) =>
    read(text, (message) => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }),
  )
}

export const text = z.string().min(1)

/** Comma-separated values. None may be empty or repeated. */
export const list = value((text, fault): string[] => {
  const entries = split(text)
  if (entries.includes('')) return fault('has an empty entry; remove the comma before or after it')
  const repeated = entries.find((entry, index) => entries.indexOf(entry) !== index)
  return repeated === undefined ? entries : fault(`lists ${repeated} twice; remove one of them`)
})

/** Comma-separated paths of readable files. Entries may be empty; the schema returns undefined for those. */
export const sparseFiles = value((text, fault): (string | undefined)[] =>
  split(text).map((file, index) => {
    if (file === '') return undefined
    try {
      readFileSync(file)
      return file
    } catch (error) {
      return fault(
        `must list paths of files; reading entry ${index + 1} failed with ${(error as NodeJS.ErrnoException).code}`,
      )
    }
  }),
)

/** Comma-separated URLs. */
export const urls = z
  .string()
  .transform(split)
  .pipe(
    z.array(
      z
        .url({
          protocol: /^https?$/,
          error:
            'must be an http or https URL, such as https://id.example.com/jwks.json, or a comma-separated list of them',
        })
        // fetch rejects such a URL with an error that repeats it, and Rekey would log that error.
        .refine(hasNoCredentials, 'must not contain a user name or password; remove them from the URL'),
    ),
  )

function hasNoCredentials(url: string): boolean {
  const { username = '', password = '' } = URL.parse(url) ?? {}
  return username === '' && password === ''
}

function split(text: string): string[] {
  return text.split(',').map((part) => part.trim())
}

/** An IP address or a host name. The schema removes the brackets of an IPv6 address. */
export const host = value((text, fault): string => {
  const address = text.replace(/^\[(.*)\]$/, '$1')
  if (address === text ? isIP(text) || /^[\w.-]+$/.test(text) : isIPv6(address)) return address
  return fault('must be an IP address or a host name, without a scheme or a port; PORT sets the port')
})

/** Comma-separated origins. The schema returns them as browsers write them. */
export const origins = value((text, fault): string[] => {
  return split(text).map((entry, index) => {
    const url = /^https?:\/\/[^/?#@*\\]+\/?$/i.test(entry) ? URL.parse(entry) : null
    return (
      url?.origin ??
      fault(
        `must list origins such as https://admin.example.com, without a path, and * is not allowed; correct entry ${index + 1}`,
      )
    )
  })
})

/** Decimal digits that form a whole number from `min` to `max`, inclusive. */
export function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
}

const pageNames = ['console', 'reference', 'rotate'] as const

/** `all`, `none`, or a comma-separated list of pages. */
export const pages = value((text, fault): Record<(typeof pageNames)[number], boolean> => {
  const names = text === 'all' ? [...pageNames] : text === 'none' ? [] : split(text)
  if (!names.every((name) => (pageNames as readonly string[]).includes(name)))
    return fault('must be all, none, or a comma-separated list of console, reference and rotate')
  const isServed = (page: (typeof pageNames)[number]) => names.includes(page)
  return { console: isServed('console'), reference: isServed('reference'), rotate: isServed('rotate') }
})

/** Encryption keys as comma-separated `kid:base64`, newest first. */
export const encryptionKeys = value((text, fault): [EncryptionKey, ...EncryptionKey[]] => {
  const keys = text.split(',').map((part) => {
    const [, kid = '', encoded = ''] = /^\s*([A-Za-z0-9_.-]{1,64}):([A-Za-z0-9+/=_-]+)\s*$/.exec(part) ?? []
    return { kid, key: Buffer.from(encoded, 'base64') }
  })
  const [first, ...others] = keys
  if (!first || keys.some(({ key }) => key.length !== encryptionKeyBytes))
    return fault(
      'must be kid:base64, or several of these separated by commas; each kid needs 1 to 64 letters, digits, dots, ' +
        `underscores or hyphens, and each key ${encryptionKeyBytes} bytes; \`rekey keygen\` prints a valid value`,
    )
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length)
    return fault('contains the same kid twice; give each key its own kid')
  return [first, ...others]
})

/** A secret that is long enough for HS256. */
export const jwtSecret = z
  .string()
  .refine(
    (text) => Buffer.byteLength(text) >= minJwtSecretBytes,
    `must have at least ${minJwtSecretBytes} bytes; \`rekey keygen\` prints a valid value`,
  )

/** Comma-separated names of supported JWT algorithms (`alg`). */
export const algorithms = z
  .string()
  .transform(split)
  .pipe(
    z.array(
      z.enum(
        ['HS256', ...asymmetricAlgorithms],
        `must be a comma-separated list of algorithms; allowed: HS256, ${asymmetricAlgorithms.join(', ')}`,
      ),
    ),
  )

/**
 * Comma-separated IP addresses, CIDR ranges and range names such as `loopback`. The schema returns a function that
 * tests whether an address matches any of them.
 */
export const addresses = value((text, fault) => {
  try {
    const isOne = proxyAddress.compile(split(text))
    return (address: string) => isOne(address, 0)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return fault(
      `must be a comma-separated list of IP addresses, CIDR ranges, loopback, linklocal or uniquelocal (${reason})`,
    )
  }
})
