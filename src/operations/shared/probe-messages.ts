import type { components } from '../../../generated/types.ts'
import type { KeyMaterial } from '../../domain/key-material.ts'
import { PrivateKey } from '../../domain/private-key.ts'
import { probePayload, verdictOn } from '../../domain/probe.ts'
import { toScheme } from '../../domain/schemes/schemes.ts'
import { newMessageId, signMessage } from '../../domain/signature.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { traceHeaders } from '../../trace-context.ts'
import type { OperationContext } from './operation.ts'
import type { ProbeTarget } from './probe-target.ts'
import type { UnsealedKey } from './unseal-keys.ts'

export type ProbeMessage = components['schemas']['ProbeMessage']

type Sender = Pick<OperationContext, 'now' | 'generateSecret' | 'postMessage' | 'trace' | 'signal'>

/**
 * Posts one message signed with a random secret, and after its verdict one message per key, signed with that key.
 * Otherwise, a receiver that drops duplicate messages could drop the random one, and seem to refuse it. If previous
 * keys are to be tested but there are none, adds the verdict `no_previous_secret`.
 */
export async function sendProbeMessages(
  owner: KeyOwner,
  { current, previous, ...target }: ProbeTarget,
  context: Sender,
): Promise<ProbeMessage[]> {
  const random = await sendRandom(owner, target, context)
  const [proof, ...refusals] = await Promise.all([
    sendCurrent(owner, { current, ...target }, context),
    ...(previous ?? []).map(({ key, secret }) =>
      send(owner, target, { signedWith: 'previous', expected: 'refused', secret, key }, context),
    ),
  ])
  return [proof, random, ...refusals, ...(previous?.length === 0 ? [noPreviousSecret] : [])]
}

/**
 * Posts the messages of a scheduled probe. If the receiver does not refuse the random one, the others would prove
 * nothing and are not sent. Returns the messages with different verdicts.
 * @param times how many messages to sign with the current key. More than one reaches more than one instance of the
 * receiver: if they take turns, every second message would always reach the same one
 */
export async function sendScheduledMessages(
  owner: KeyOwner,
  target: ProbeTarget,
  times: number,
  context: Sender,
): Promise<ProbeMessage[]> {
  const random = await sendRandom(owner, target, context)
  if (random.verdict !== random.expected) return [random]
  const proofs = await Promise.all(Array.from({ length: times }, () => sendCurrent(owner, target, context)))
  const byVerdict = new Map(proofs.map((message) => [message.verdict, message]))
  return [...byVerdict.values()].sort((a, b) => a.verdict.localeCompare(b.verdict)).concat(random)
}

/** Whether every message got its expected verdict. */
export function areExpected(messages: readonly ProbeMessage[]): boolean {
  return messages.every(({ verdict, expected }) => verdict === expected)
}

/**
 * Summarizes a probe for the audit trail. If an address was refused, names the environment variable that can allow it.
 */
export function summarize(messages: readonly ProbeMessage[]): string {
  const verdicts = messages.map(({ signedWith, verdict }) => `${signedWith} ${verdict}`).join(', ')
  const isRefused = messages.some(({ verdict }) => verdict === 'url_refused')
  return `${areExpected(messages) ? 'proven' : 'not proven'}: ${verdicts}${isRefused ? '; see REKEY_PROBE_ALLOW' : ''}`
}

type Destination = Pick<ProbeTarget, 'url' | 'scheme'>

function sendRandom(owner: KeyOwner, target: Destination, context: Sender): Promise<ProbeMessage> {
  const isPrivate = toScheme(target.scheme).keyBytes === 'private'
  const secret = isPrivate ? PrivateKey.generate() : context.generateSecret()
  return send(owner, target, { signedWith: 'random', expected: 'refused', secret, key: null }, context)
}

function sendCurrent(
  owner: KeyOwner,
  { current: { key, secret }, ...target }: Omit<ProbeTarget, 'previous'>,
  context: Sender,
): Promise<ProbeMessage> {
  return send(owner, target, { signedWith: 'current', expected: 'accepted', secret, key }, context)
}

interface Signer extends Pick<ProbeMessage, 'signedWith' | 'expected'> {
  secret: KeyMaterial
  key: UnsealedKey['key'] | null
}

async function send(
  owner: KeyOwner,
  { url, scheme }: Destination,
  { signedWith, expected, secret, key }: Signer,
  { now, postMessage, trace, signal }: Sender,
): Promise<ProbeMessage> {
  const time = now()
  const id = newMessageId()
  const payload = probePayload(owner, id, time)
  const message = { id, timestamp: Math.floor(time / 1000), payload }
  // The webhook chooses the signature's header, which may have any name.
  const headers = { ...traceHeaders(trace), ...signMessage(toScheme(scheme), message, [secret]) }
  const { outcome, timeMs } = await postMessage(url, { headers, payload }, signal)
  const status = typeof outcome === 'number' ? outcome : null
  const keyFingerprint = key?.fingerprint ?? null
  return { signedWith, keyFingerprint, expected, verdict: verdictOn(outcome), status, timeMs }
}

const noPreviousSecret: ProbeMessage = {
  signedWith: 'previous',
  keyFingerprint: null,
  expected: 'refused',
  verdict: 'no_previous_secret',
  status: null,
  timeMs: null,
}
