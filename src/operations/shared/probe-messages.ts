import type { components } from '../../../generated/types.ts'
import type { KeyMaterial } from '../../domain/key-material.ts'
import { PrivateKey } from '../../domain/private-key.ts'
import { probePayload, verdictOn } from '../../domain/probe.ts'
import type { Scheme } from '../../domain/schemes/scheme.ts'
import { newMessageId, signMessage } from '../../domain/signature.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { traceHeaders } from '../../trace-context.ts'
import type { UnsealedKey } from './unseal-keys.ts'
import type { OperationContext } from './operation.ts'

export type ProbeMessage = components['schemas']['ProbeMessage']

/** The keys that a probe signs with, and how. */
export interface ProbeKeys {
  scheme: Scheme
  current: UnsealedKey
  /** Null unless the caller wants to test previous keys too. */
  previous: readonly UnsealedKey[] | null
}

/**
 * Posts one message per key, signed with that key, and one message signed with a random secret. Returns the messages
 * with their verdicts. If previous keys are to be tested but there are none, adds the verdict `no_previous_secret`.
 */
export async function sendProbeMessages(
  owner: KeyOwner,
  url: string,
  { scheme, current, previous }: ProbeKeys,
  { now, generateSecret, postMessage, trace, signal }: OperationContext,
): Promise<ProbeMessage[]> {
  const time = now()
  const timestamp = Math.floor(time / 1000)
  // The messages differ only in ID and signature, so the receiver can tell them apart only by verifying the signature.
  const payload = probePayload(owner, time)
  const send = async (
    { signedWith, expected }: Pick<ProbeMessage, 'signedWith' | 'expected'>,
    secret: KeyMaterial,
    keyFingerprint: string | null,
  ): Promise<ProbeMessage> => {
    const signed = signMessage(scheme, { id: newMessageId(), timestamp, payload }, [secret])
    // The webhook chooses the signature's header, which may have any name.
    const headers = { ...traceHeaders(trace), ...signed }
    const { outcome, timeMs } = await postMessage(url, { headers, payload }, signal)
    const status = typeof outcome === 'number' ? outcome : null
    return { signedWith, keyFingerprint, expected, verdict: verdictOn(outcome), status, timeMs }
  }
  const random = scheme.keyBytes === 'private' ? PrivateKey.generate() : generateSecret()
  const sent = await Promise.all([
    send({ signedWith: 'current', expected: 'accepted' }, current.secret, current.key.fingerprint),
    send({ signedWith: 'random', expected: 'refused' }, random, null),
    ...(previous ?? []).map(({ key, secret }) =>
      send({ signedWith: 'previous', expected: 'refused' }, secret, key.fingerprint),
    ),
  ])
  return previous?.length === 0 ? [...sent, noPreviousSecret] : sent
}

const noPreviousSecret: ProbeMessage = {
  signedWith: 'previous',
  keyFingerprint: null,
  expected: 'refused',
  verdict: 'no_previous_secret',
  status: null,
  timeMs: null,
}
