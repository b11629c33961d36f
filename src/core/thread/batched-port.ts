/** Maximum messages per batch, so that the other thread can start while this one is still busy. */
const maxMessages = 32

/**
 * Posts the messages of one turn of the event loop together. Posting costs more than making a message, and the other
 * thread can process the messages of a batch together.
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
