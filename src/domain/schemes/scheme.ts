/** The parts of a message that its signatures can cover. */
export interface Message {
  id: string
  /** Seconds since 1970; null for a received message whose scheme has no timestamp. */
  timestamp: number | null
  payload: Uint8Array
}

/** Describes how receivers expect messages to be signed. */
export interface Scheme {
  /** The header with the signatures. */
  signatureHeader: string
  /** Whether a webhook may use another signature header, because platforms name it after themselves. */
  headerMayChange: boolean
  /** Undefined if messages carry no ID. */
  idHeader?: string
  /** Undefined if messages carry no timestamp, or carry it in the signature header. */
  timestampHeader?: string
  /** The timestamp's name in the signature header; undefined if that header has no timestamp. */
  timestampParameter?: string
  /** Returns the text that is signed before the payload. */
  signedBefore: (message: Message) => string
  /** The text before each signature. A signature with any other text is of an unknown version. */
  version: string
  encoding: 'base64' | 'hex'
  /** Separates the parts of the signature header. Undefined if a message can carry only one signature. */
  separator?: string
  /** Whether receivers may read only the last of several signatures, so that only the oldest live key verifies. */
  mayReadLastOnly?: boolean
  /**
   * The key of HMAC-SHA256: the base64 after `whsec_`, decoded, or the UTF-8 bytes of the whole secret. If `private`,
   * messages are signed with Ed25519 instead, by private keys.
   */
  keyBytes: 'decoded' | 'text' | 'private'
}
