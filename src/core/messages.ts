import type { PlainError } from './plain-error.ts'
import type { Core } from './core.ts'

/** To the core's thread. */
export type Request = { id: number; method: keyof Core; args: unknown[] } | { id: number; method: 'abort' }

/** From the core's thread. */
export type Reply =
  | { id: number; value: unknown }
  /** `aborted` if the call was given up because its signal aborted. */
  | { id: number; error: PlainError; aborted: boolean }
  | { log: 'info' | 'error'; details: object; error: PlainError | undefined; text: string }

/** The id that tells what became of opening the core. */
export const opening = 0

/** How many are sent together at most, so that the other thread begins while this one is still busy. */
const maxMessages = 32

/**
 * Sends what is put into it within one turn of the event loop as one message: to send one takes longer than to
 * make it, and what arrives together is worked on together.
 */
export class Outbox<Message> {
  readonly #port: { postMessage: (messages: Message[]) => void }
  #waiting: Message[] = []

  constructor(port: { postMessage: (messages: Message[]) => void }) {
    this.#port = port
  }

  put(message: Message): void {
    const count = this.#waiting.push(message)
    if (count === 1)
      setImmediate(() => {
        this.#send()
      })
    if (count === maxMessages) this.#send()
  }

  #send(): void {
    const messages = this.#waiting
    if (messages.length === 0) return
    this.#waiting = []
    this.#port.postMessage(messages)
  }
}
