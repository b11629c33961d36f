import type { lookup as systemLookup, LookupAddress } from 'node:dns'
import { createPostMessage } from '../../src/receiver/post-message.ts'
import { isPublicAddress } from '../../src/receiver/public-address.ts'

export interface Post {
  url: string
  /** Addresses allowed in addition to public ones. Defaults to 127.0.0.1. */
  allow?: string[]
  timeoutMs?: number
  lookup?: typeof systemLookup
  signal?: AbortSignal
}

const never = new AbortController().signal
const message = { headers: { 'webhook-id': 'msg_1' }, payload: Buffer.from('{"type":"rekey.probe"}') }

/** Posts a fixed message to the receiver at `url`. */
export function post({ url, allow = ['127.0.0.1'], timeoutMs = 10_000, lookup, signal = never }: Post) {
  const isAllowed = (address: string) => isPublicAddress(address) || allow.includes(address)
  return createPostMessage({ isAllowed, timeoutMs, ...(lookup && { lookup }) })(url, message, signal)
}

export async function outcomeOf(options: Post) {
  return (await post(options)).outcome
}

/** Creates a DNS lookup that returns one of these address lists per call, in order. The last list repeats. */
export function resolver(...answers: string[][]): typeof systemLookup {
  const lookup = (_: string, __: object, callback: (error: null, addresses: LookupAddress[]) => void) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    setImmediate(() => {
      callback(
        null,
        (answer ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    })
  }
  return lookup as unknown as typeof systemLookup
}
