import { createHmac } from 'node:crypto'

/**
 * A key of HMAC-SHA256. An object instead of a string, so that no response or log line can contain the key by accident.
 */
export class HmacKey {
  /**
   * Each byte as one character. With a Buffer as key, createHmac takes six times as long (Node 24), and a KeyObject
   * takes as long to create as to use.
   */
  readonly #bytes: string

  constructor(bytes: Buffer) {
    this.#bytes = bytes.toString('latin1')
  }

  /** Starts an HMAC-SHA256 of the parts, whose digest is still to be read. */
  sign(parts: readonly Uint8Array[]): ReturnType<typeof createHmac> {
    const hmac = createHmac('sha256', this.#bytes, { encoding: 'latin1' })
    for (const part of parts) hmac.update(part)
    return hmac
  }
}
