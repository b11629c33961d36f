import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** The thread's entry point, next to this file in `src/`, and next to its chunk in `dist/`. */
const program = new URL(`./checkpoint-thread${extname(import.meta.filename)}`, import.meta.url)

/**
 * Changed rows between two checkpoints. A checkpoint's flush delays commits. Short checkpoints copy more in all, but a
 * signature waits less.
 */
const changesPerCheckpoint = 256

/** How long the thread waits for its next checkpoint before it ends and gives its memory back, in milliseconds. */
const idleMs = 10_000

export type CheckpointRequest = 'checkpoint' | 'close'

/**
 * Copies SQLite's write-ahead log into the database file on a thread of its own. In a large database, the changed pages
 * lie all over the file, so a flush takes up to tenths of a second, in which this thread could sign nothing. Most
 * checkpoints are passive, which lock out no reader or writer. Once a minute, one empties the log.
 *
 * Only a checkpoint in which nobody writes lets SQLite begin its log again, so a busy log still grows. Beyond a limit,
 * a commit therefore runs a checkpoint of its own (see connect), which finds most pages already copied. It also makes
 * up for a checkpoint that failed on the thread: the log keeps everything, so nothing is lost.
 */
export class Checkpoints {
  readonly #file: string
  #thread: Worker | undefined
  #isRunning = false
  /** The number of changes at which the last checkpoint began. */
  #changes = 0
  #idle: NodeJS.Timeout | undefined

  constructor(file: string) {
    this.#file = file
  }

  /** Runs a checkpoint if one is due. @param changes how many rows this process has changed so far */
  afterCommit(changes: number): void {
    if (this.#isRunning || changes - this.#changes < changesPerCheckpoint) return
    this.#changes = changes
    this.#isRunning = true
    clearTimeout(this.#idle)
    try {
      post((this.#thread ??= this.#start()), 'checkpoint')
    } catch {
      // The system allows no further thread. That is as harmless as a failed checkpoint.
      this.#isRunning = false
    }
  }

  /** Waits until a running checkpoint and the thread have ended. */
  async close(): Promise<void> {
    clearTimeout(this.#idle)
    const thread = this.#thread
    if (!thread) return
    thread.ref()
    const ended = new Promise((resolve) => thread.once('exit', resolve))
    post(thread, 'close')
    await ended
  }

  #start(): Worker {
    const thread = new Worker(program, { workerData: this.#file })
    // A process that ends without closing the store need not wait for it.
    thread.unref()
    thread.on('message', () => {
      this.#isRunning = false
      this.#idle = setTimeout(() => {
        post(thread, 'close')
      }, idleMs).unref()
    })
    // A failed checkpoint ends the thread, and the next one starts another.
    thread.on('error', () => undefined)
    thread.on('exit', () => {
      this.#thread = undefined
      this.#isRunning = false
      clearTimeout(this.#idle)
    })
    return thread
  }
}

function post(thread: Worker, request: CheckpointRequest): void {
  thread.postMessage(request)
}
