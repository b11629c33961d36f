import type { MessagePort, Worker } from 'node:worker_threads'
import { unlessAborted } from '../abort.ts'
import type { PageFeedbackRow } from '../store/schema.ts'
import { Calls } from './calls.ts'
import type { Core, CoreLog, OperationAnswer } from './core.ts'
import { Outbox, type FromCore } from './messages.ts'
import { fromPlainError } from './plain-error.ts'

/**
 * Waits until `serve-calls.ts`, on the other side of the port, has opened its core.
 * @returns that core, as if it were on this side
 * @throws what openCore throws
 */
export async function connectCore(port: Worker | MessagePort, logger: CoreLog): Promise<Core> {
  const calls = new Calls(new Outbox(port))
  const receive = (messages: FromCore[]) => {
    for (const message of messages) {
      if ('id' in message) calls.settle(message)
      else {
        const { level, details, error, text } = message
        logger[level]({ ...details, ...(error && { error: fromPlainError(error) }) }, text)
      }
    }
  }
  port.on('message', receive)
  await calls.opening()
  return {
    operate: (call, signal) => calls.make('operate', [call], signal) as Promise<OperationAnswer>,
    ping: (signal) => unlessAborted(calls.make('ping', [], signal) as Promise<void>, signal),
    overLimit: (counter, key) => calls.make('overLimit', [counter, key]) as Promise<number | null>,
    countFeedback: (answer, signal) => calls.make('countFeedback', [answer], signal) as Promise<void>,
    listFeedback: (signal) =>
      unlessAborted(calls.make('listFeedback', [], signal) as Promise<PageFeedbackRow[]>, signal),
    close: () => calls.make('close', []) as Promise<void>,
  }
}
