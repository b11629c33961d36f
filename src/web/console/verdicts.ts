import type { Probe } from './state.ts'

type Message = Probe['messages'][number]

/** The words for the key that signed a probe's message. */
export const signers: Record<Message['signedWith'], string> = {
  current: 'the current key',
  random: 'a random key',
  previous: 'the previous key',
}

/** The words for what became of a probe's message. */
export const verdicts: Record<Message['verdict'], string> = {
  accepted: 'accepted',
  refused: 'refused',
  inconclusive: 'neither accepted nor refused',
  timed_out: 'no response in time',
  no_answer: 'no response: connection failed',
  tls_failed: 'not sent: TLS handshake failed',
  unresolved: 'not sent: host name not found',
  url_refused: 'not sent: not a public address, see REKEY_PROBE_ALLOW',
  no_previous_secret: 'not sent: secret no longer stored',
}
