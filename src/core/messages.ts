import type { Core } from './core.ts'
import type { PlainError } from './plain-error.ts'

/** To the core's thread. */
export type ToCore = CallMessage | AbortMessage

export interface CallMessage {
  id: number
  method: keyof Core
  args: unknown[]
}

/** The signal of a call has aborted. */
export interface AbortMessage {
  aborted: number
}

/** From the core's thread. */
export type FromCore = Outcome | LogMessage

/** What became of a call; `aborted` if it was given up because its signal aborted. */
export type Outcome = { id: number; value: unknown } | { id: number; error: PlainError; aborted: boolean }

export interface LogMessage {
  level: 'info' | 'error'
  details: object
  error: PlainError | undefined
  text: string
}

/** The id of a call that is made by beginning the thread: that the core be opened. */
export const openingId = 0

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
