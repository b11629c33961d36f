import type { Invitation } from './state.ts'

const exact = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
})

/** Writes a time in the reader's locale and time zone. @param time milliseconds since 1970 */
export function moment(time: number): string {
  return exact.format(time)
}

/** Returns whether messages carry only one signature, so that only the old secret signs until the overlap ends. */
export function carriesOneSignature(signatureScheme: string): boolean {
  return ['github', 'shopify', 'slack'].includes(signatureScheme)
}

/** Returns the word for what the receiver gets: a public key with `ed25519`, otherwise a secret. */
export function nameOf({ signatureScheme }: Pick<Invitation, 'signatureScheme'>): 'secret' | 'public key' {
  return signatureScheme === 'ed25519' ? 'public key' : 'secret'
}
