import { isIP } from 'node:net'
import { createPostMessage } from '../../src/receiver/post-message.ts'
import { isPublicAddress } from '../../src/receiver/public-address.ts'
import type { Resolve } from '../../src/receiver/resolve.ts'

export interface Post {
  url: string
  /** Addresses allowed in addition to public ones. Defaults to 127.0.0.1. */
  allow?: string[]
  timeoutMs?: number
  resolve?: Resolve
  signal?: AbortSignal
}

const never = new AbortController().signal
const message = { headers: { 'webhook-id': 'msg_1' }, payload: Buffer.from('{"type":"rekey.probe"}') }

/** Posts a fixed message to the receiver at `url`. */
export function post({ url, allow = ['127.0.0.1'], timeoutMs = 10_000, resolve, signal = never }: Post) {
  const isAllowed = (address: string) => isPublicAddress(address) || allow.includes(address)
  return createPostMessage({ isAllowed, timeoutMs, ...(resolve && { resolve }) })(url, message, signal)
}

export async function outcomeOf(options: Post) {
  return (await post(options)).outcome
}

/** Creates a `resolve` that returns one of these address lists per call, in order. The last list repeats. */
export function resolver(...answers: string[][]): Resolve {
  return () => {
    const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? []
    return Promise.resolve(addresses.map((address) => ({ address, family: isIP(address) })))
  }
}
