import type { Scheme } from './schemes/scheme.ts'
import type { SigningKey } from './signing-key.ts'

/**
 * Returns the keys that sign messages. If a message can carry only one signature, the oldest key signs alone until its
 * end, and then the next: a receiver that has not switched yet misses nothing. Every live key verifies.
 * @param live the live keys, newest first
 */
export function signersOf<Key>({ separator }: Scheme, live: readonly Key[]): readonly Key[] {
  return separator === undefined ? live.slice(-1) : live
}

/**
 * Describes for the audit trail which key signs, if only one does. Returns null if every live key signs.
 * @param live the live keys, newest first
 */
export function describeSigner(scheme: Scheme, live: readonly SigningKey[]): string | null {
  const [signer] = signersOf(scheme, live)
  if (!signer || scheme.separator !== undefined) return null
  const { fingerprint, expiresAt } = signer
  return `${fingerprint} signs alone${expiresAt === null ? '' : ` until ${new Date(expiresAt).toISOString()}`}`
}
