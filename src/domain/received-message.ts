import type { Message, Scheme } from './schemes/scheme.ts'

/**
 * Maximum number of signatures in a header. No webhook has this many live keys, so a longer header counts as malformed.
 */
const maxSignatures = 50
/** Maximum length of each header that the scheme uses, so that reading all its lines takes negligible time. */
const maxHeaderLength = 8_192
/**
 * Rejects leading zeros: the signature covers the timestamp's digits, and parsing `01` as a number would lose the zero.
 */
const timestampText = /^(0|[1-9]\d{0,11})$/
/** Any time from 2001 to 2286 in milliseconds since 1970. */
const millisecondsText = /^[1-9]\d{12}$/

/** Length of an HMAC-SHA256 or an Ed25519 signature in bytes. */
const signatureBytes = { decoded: 32, text: 32, private: 64 }

/** Headers by name, in any letter case. A header that was sent in several lines may be an array. */
export type ReceivedHeaders = Readonly<Record<string, string | readonly string[]>>

/** A received message with the signatures of its headers. */
export interface SignedMessage extends Message {
  /** Decoded. All have the length of the scheme's signatures. */
  signatures: Buffer[]
}

/**
 * Why a message's headers cannot be read: a header is missing or malformed, no signature is of a version that the scheme
 * knows, or the timestamp is in milliseconds instead of seconds.
 */
export type Unreadable = 'malformed_header' | 'no_known_signature' | 'timestamp_in_milliseconds'

/**
 * Reads a message's headers as tolerantly as receivers' libraries do. Proxies and frameworks may have joined several
 * lines of a header into one, with commas. Ignores signatures of unknown versions, and all other headers.
 */
export function readMessage(
  scheme: Scheme,
  headers: ReceivedHeaders,
  payload: Uint8Array,
): SignedMessage | Unreadable {
  const { idHeader, timestampHeader, timestampParameter, version } = scheme
  const lines = linesOf(headers, scheme.signatureHeader)
  const id = idHeader === undefined ? '' : onlyValue(linesOf(headers, idHeader))
  const hasTimestamp = timestampParameter !== undefined || timestampHeader !== undefined
  const times =
    timestampParameter === undefined
      ? linesOf(headers, timestampHeader ?? '')
      : lines.flatMap((line) => partsOf(line, `${timestampParameter}=`))
  const timestamp = hasTimestamp ? onlyValue(times) : null
  if (lines.length === 0 || id === undefined || timestamp === undefined) return 'malformed_header'
  if (timestamp !== null && millisecondsText.test(timestamp)) return 'timestamp_in_milliseconds'
  if (timestamp !== null && !timestampText.test(timestamp)) return 'malformed_header'

  const known = lines.flatMap((line) => partsOf(line, version))
  if (known.length === 0) return 'no_known_signature'
  if (known.length > maxSignatures) return 'malformed_header'
  const signatures = known.flatMap((signature) => decode(scheme, signature) ?? [])
  if (signatures.length === 0) return 'malformed_header'
  return { id, timestamp: timestamp === null ? null : Number(timestamp), payload, signatures }
}

/** Returns a header's lines, without empty ones. Returns none if their total length exceeds the limit. */
function linesOf(headers: ReceivedHeaders, name: string): string[] {
  const wanted = name.toLowerCase()
  const lines = Object.entries(headers)
    .filter(([name]) => name.length === wanted.length && name.toLowerCase() === wanted)
    .flatMap(([, value]) => value)
    .filter((line) => line !== '')
  const length = lines.reduce((sum, line) => sum + line.length, 0)
  return length > maxHeaderLength ? [] : lines
}

/** Returns the value that all lines have. Returns undefined if there is none, or if they differ. */
function onlyValue(lines: readonly string[]): string | undefined {
  const [value, ...others] = new Set(lines.flatMap((line) => line.split(/,\s+/)))
  return others.length === 0 ? value : undefined
}

/** Returns the texts that follow `name` in a line whose parts are separated by spaces, commas or semicolons. */
function partsOf(line: string, name: string): string[] {
  return Array.from(
    line.matchAll(new RegExp(`(?<![^\\s,;])${name}([^\\s,;]+)`, 'g')),
    ([, part = '']) => part,
  )
}

/** Decodes a signature. Accepts only the canonical encoding, because receivers compare signatures as text. */
function decode({ encoding, keyBytes }: Scheme, signature: string): Buffer | undefined {
  const bytes = Buffer.from(signature, encoding)
  return bytes.length === signatureBytes[keyBytes] && bytes.toString(encoding) === signature
    ? bytes
    : undefined
}
