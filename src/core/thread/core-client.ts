import type { MessagePort, Worker } from 'node:worker_threads'
import { unlessAborted } from '../../abort.ts'
import type { Core, CoreLog } from '../core.ts'
import { BatchedPort } from './batched-port.ts'
import type { FromCore } from './messages.ts'
import { PendingCalls } from './pending-calls.ts'
import { deserializeError } from './serialized-error.ts'

/**
 * Connects to the core that `core-server.ts` runs on the other side of the port, and waits until that core is open.
 * @returns a Core that forwards every call over the port
 * @throws any error from openCore
 */
export async function connectCore(port: Worker | MessagePort, logger: CoreLog): Promise<Core> {
  const calls = new PendingCalls(new BatchedPort(port))
  const receive = (message: FromCore) => {
    if ('result' in message) calls.succeed(message)
    else if ('id' in message) calls.fail(message)
    else {
      const { level, details, loggedError, text } = message
      logger[level]({ ...details, ...(loggedError && { error: deserializeError(loggedError) }) }, text)
    }
  }
  port.on('message', (messages: FromCore[]) => {
    messages.forEach(receive)
  })
  await calls.waitUntilOpen()
  return {
    execute: (call, signal) => calls.call('execute', [call], signal),
    findInvitation: (token, signal) => unlessAborted(calls.call('findInvitation', [token], signal), signal),
    ping: (signal) => unlessAborted(calls.call('ping', [], signal), signal),
    publicKeys: (owner, signal) => unlessAborted(calls.call('publicKeys', [owner], signal), signal),
    keyStatistics: (signal) => unlessAborted(calls.call('keyStatistics', [], signal), signal),
    countFailedAuthentication: (network) => calls.call('countFailedAuthentication', [network]),
    close: () => calls.call('close', []),
  }
}
