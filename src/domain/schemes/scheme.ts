/** The parts of a message that its signatures can cover. */
export interface Message {
  id: string
  /** Seconds since 1970; null for a received message whose scheme has no timestamp. */
  timestamp: number | null
  payload: Uint8Array
}

/** Describes how receivers expect messages to be signed. All schemes use HMAC-SHA256. */
export interface Scheme {
  /** The header with the signatures. */
  signatureHeader: string
  /** Undefined if messages carry no ID. */
  idHeader?: string
  /** Undefined if messages carry no timestamp, or carry it in the signature header. */
  timestampHeader?: string
  /** Returns the text that is signed before the payload. */
  signedBefore: (message: Message) => string
  /** The text before each signature. A signature with any other text is of an unknown version. */
  version: string
  encoding: 'base64' | 'hex'
  /** Separates the signatures. */
  separator: string
}
