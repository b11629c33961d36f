import { isLive, keyState, type KeyOwner, type SigningKey } from './signing-key.ts'
import type { Fingerprint } from './signing-secret.ts'

/** How many keys of one webhook may sign at the same time. */
export const maxLiveKeys = 10

export interface RotationRequest {
  owner: KeyOwner
  /** Id for the new key. */
  keyId: string
  fingerprint: Fingerprint
  /** How long the current key goes on signing. 0 revokes every older key at once. */
  overlapSeconds: number
  createdBy: string | null
  reason: string | null
  /** Milliseconds since 1970. */
  now: number
}

export interface Rotation {
  /** The new current key. */
  issued: SigningKey
  /** Older keys whose end was set, as they are now. */
  ended: SigningKey[]
}

/** The new secret, or one with the same fingerprint, is live already. */
export class FingerprintTaken extends Error {
  override name = 'FingerprintTaken'

  constructor() {
    super('a live key of this webhook has this secret, or the same fingerprint')
  }
}

/** The webhook has `maxLiveKeys` live keys. */
export class TooManyLiveKeys extends Error {
  override name = 'TooManyLiveKeys'
  /** When the next key expires, in milliseconds since 1970. */
  readonly nextEnd: number

  constructor(nextEnd: number) {
    super(
      `this webhook has ${maxLiveKeys} live keys, the most it can have, until ${new Date(nextEnd).toISOString()}`,
    )
    this.nextEnd = nextEnd
  }
}

/**
 * Decides what one rotation does to a webhook's keys. The key that was current gets its end;
 * older live keys keep theirs, because the receiver may still be using them.
 * @param keys the webhook's live keys; others are ignored
 * @throws FingerprintTaken if two live keys would share a fingerprint
 * @throws TooManyLiveKeys if the webhook would have more than `maxLiveKeys` live keys
 */
export function planRotation(keys: readonly SigningKey[], request: RotationRequest): Rotation {
  const { now, overlapSeconds } = request
  const live = keys.filter((key) => isLive(key, now))
  if (live.some((key) => key.fingerprint === request.fingerprint.short)) throw new FingerprintTaken()
  if (overlapSeconds > 0 && live.length >= maxLiveKeys)
    throw new TooManyLiveKeys(Math.min(...live.flatMap(({ expiresAt }) => expiresAt ?? [])))

  const issued: SigningKey = {
    ...request.owner,
    id: request.keyId,
    generation: Math.max(0, ...live.map((key) => key.generation)) + 1,
    fingerprint: request.fingerprint.short,
    sha256: request.fingerprint.sha256,
    createdAt: now,
    createdBy: request.createdBy,
    reason: request.reason,
    expiresAt: null,
    revokedAt: null,
  }
  const ended =
    overlapSeconds === 0
      ? live.map((key) => ({ ...key, expiresAt: key.expiresAt ?? now, revokedAt: now }))
      : live
          .filter((key) => key.expiresAt === null)
          .map((key) => ({ ...key, expiresAt: now + overlapSeconds * 1000 }))
  return { issued, ended }
}

/** The keys that stop to sign when the previous keys are revoked: every live one but the current. */
export function planRevocation(keys: readonly SigningKey[], now: number): SigningKey[] {
  return keys.filter((key) => keyState(key, now) === 'previous').map((key) => ({ ...key, revokedAt: now }))
}
