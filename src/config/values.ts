/**
 * What a variable can hold, each as the schema that reads it. What is wrong with a value is told as the end of
 * "REKEY_X …", and does not repeat what may be a secret.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import proxyAddress from 'proxy-addr'
import { z } from 'zod'
import type { DatabaseLocation } from './config.ts'
import { encryptionKeyBytes, type EncryptionKey } from '../domain/sealing.ts'
import { asymmetricAlgorithms, minRsaBits, publicKeyAlgorithms } from './jwt-algorithms.ts'

/** RFC 7518, section 3.2: a key for HS256 has at least as many bits as the hash. */
const minJwtSecretBytes = 32

/** A value that a function reads, which returns `fault(what is wrong with it)` or what it stands for. */
function value<T>(read: (text: string, fault: (message: string) => never) => T) {
  return z.string().transform((text, context) =>
    read(text, (message) => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }),
  )
}

/** Anything but nothing. */
export const text = z.string().min(1)

/** An http or https URL. */
export const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`)
}

/** Comma-separated `kid:base64`. */
export const encryptionKeys = value((text, fault): [EncryptionKey, ...EncryptionKey[]] => {
  const keys = text.split(',').map((part) => {
    const [, kid = '', encoded = ''] = /^\s*([A-Za-z0-9_.-]{1,64}):([A-Za-z0-9+/=_-]+)\s*$/.exec(part) ?? []
    return { kid, key: Buffer.from(encoded, 'base64') }
  })
  const [first, ...others] = keys
  if (!first || keys.some(({ key }) => key.length !== encryptionKeyBytes))
    return fault(`must be kid:base64, comma-separated, each key ${encryptionKeyBytes} bytes`)
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) return fault('has the same kid twice')
  return [first, ...others]
})

/** What the driver knows of TLS. */
const tlsOptions = new Set(['ssl', 'sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'sslnegotiation'])

/** `sqlite:` and a path, or the URL of a PostgreSQL server. */
export const databaseUrl = value((url, fault): DatabaseLocation => {
  const [, file] = /^sqlite:(.+)$/.exec(url) ?? []
  if (file !== undefined) return { kind: 'sqlite', file }
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    return fault('must be sqlite:path/to/file.db or postgres://user:password@host:port/database')
  const isMistaken = ([name, text]: [string, string]) =>
    tlsOptions.has(name) ? text === '' : /ssl|tls/i.test(name)
  // The driver would pass over it, and perhaps connect without TLS.
  if ([...new URL(url).searchParams].some(isMistaken))
    return fault(
      `has an option for TLS that the driver does not know, or an empty one; it knows ${[...tlsOptions].join(', ')}`,
    )
  return { kind: 'postgres', url }
})

/** A secret that HS256 can use. */
export const jwtSecret = z
  .string()
  .refine(
    (text) => Buffer.byteLength(text) >= minJwtSecretBytes,
    `must have at least ${minJwtSecretBytes} bytes`,
  )

/** The path of a PEM file, as the public key in it. */
export const publicKeyFile = value((file, fault): KeyObject => {
  let key: KeyObject
  try {
    key = createPublicKey(readFileSync(file))
  } catch (error) {
    // Only the code: the text repeats the value, and that is the key itself if it was put here by mistake.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return fault(`must be the path of a PEM public key, which cannot be read (${code})`)
  }
  return publicKeyAlgorithms(key).length > 0
    ? key
    : fault(`must hold an RSA key of ${minRsaBits} bits or more, or a P-256 or Ed25519 key`)
})

/** Values of `alg`, comma-separated. */
export const algorithms = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z.array(z.enum(['HS256', ...asymmetricAlgorithms], `knows HS256, ${asymmetricAlgorithms.join(', ')}`)),
  )

/** Comma-separated addresses, ranges and names of ranges, as a test whether an address is one of them. */
export const addresses = value((text, fault) => {
  try {
    const isOne = proxyAddress.compile(text.split(',').map((part) => part.trim()))
    return (address: string) => isOne(address, 0)
  } catch (error) {
    return fault(error instanceof Error ? error.message : String(error))
  }
})
