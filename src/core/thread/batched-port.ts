/**
 * Maximum messages per batch. A full batch is posted immediately, so the other thread need not wait for this thread's
 * turn of the event loop to end.
 */
const maxMessages = 32

/**
 * Posts all messages from one turn of the event loop as a batch. Posting costs more than creating a message, and the
 * other thread can process a batch's messages together.
 */
export class BatchedPort<Message> {
  readonly #port: { postMessage: (messages: Message[]) => void }
  #waiting: Message[] = []

  constructor(port: { postMessage: (messages: Message[]) => void }) {
    this.#port = port
  }

  post(message: Message): void {
    const count = this.#waiting.push(message)
    if (count === 1)
      setImmediate(() => {
        this.#flush()
      })
    if (count === maxMessages) this.#flush()
  }

  #flush(): void {
    const messages = this.#waiting
    if (messages.length === 0) return
    this.#waiting = []
    this.#port.postMessage(messages)
  }
}
