import { hasEnded, isLive, type KeyOwner, type SigningKey } from './signing-key.ts'
import type { Fingerprint } from './signing-secret.ts'

/** Maximum number of live keys per webhook. */
export const maxLiveKeys = 10

export interface Times {
  /** Milliseconds since 1970. */
  now: number
  /**
   * A time that has certainly passed, at most `now`; see SettledClock. A key that expired after this time still counts
   * as live, because the clock may be wrong.
   */
  settled: number
}

export interface RotationRequest extends Times {
  owner: KeyOwner
  /** ID of the new key. */
  keyId: string
  fingerprint: Fingerprint
  /** How long the key being replaced keeps signing. 0 revokes all older keys immediately. */
  overlapSeconds: number
  createdBy: string | null
  reason: string | null
}

export interface Rotation {
  /** The new current key. */
  issued: SigningKey
  /** Older keys whose expiry or revocation changed, in their new state. */
  ended: SigningKey[]
}

/** Thrown when a live key already has the new secret, or another secret with the same fingerprint. */
export class FingerprintTaken extends Error {
  override name = 'FingerprintTaken'

  constructor() {
    super('a live key of this webhook already has this secret, or one with the same fingerprint')
  }
}

/** Thrown when the webhook already has `maxLiveKeys` live keys. */
export class TooManyLiveKeys extends Error {
  override name = 'TooManyLiveKeys'
  /** The earliest expiry among the live keys, in milliseconds since 1970. */
  readonly nextEnd: number

  constructor(nextEnd: number) {
    super(
      `this webhook has ${maxLiveKeys} live keys, which is the limit; the next one expires at ${new Date(nextEnd).toISOString()}`,
    )
    this.nextEnd = nextEnd
  }
}

/**
 * Decides how a rotation changes a webhook's keys. The current key expires when the overlap ends. Older live keys keep
 * their expiry, because the receiver may still be using them. An overlap of 0 revokes the current key and all older
 * keys.
 * @param keys the webhook's keys; keys that have ended are ignored
 * @throws FingerprintTaken if two live keys would share a fingerprint
 * @throws TooManyLiveKeys if the webhook would have more than `maxLiveKeys` live keys
 */
export function planRotation(keys: readonly SigningKey[], request: RotationRequest): Rotation {
  const { now, settled, overlapSeconds } = request
  const unended = keys.filter((key) => mayBeUnended(key, request))
  const live = unended.filter((key) => isLive(key, settled))
  const { short, olderSha256, ...stored } = request.fingerprint
  if (live.some((key) => key.fingerprint === short || olderSha256.includes(key.sha256)))
    throw new FingerprintTaken()
  if (overlapSeconds > 0 && live.length >= maxLiveKeys)
    throw new TooManyLiveKeys(Math.min(...live.flatMap(({ expiresAt }) => expiresAt ?? [])))

  const issued: SigningKey = {
    ...request.owner,
    id: request.keyId,
    generation: Math.max(0, ...unended.map((key) => key.generation)) + 1,
    fingerprint: short,
    ...stored,
    createdAt: now,
    createdBy: request.createdBy,
    reason: request.reason,
    expiresAt: null,
    revokedAt: null,
    secretErased: false,
  }
  const ended =
    overlapSeconds === 0
      ? unended.map((key) => ({ ...key, expiresAt: key.expiresAt ?? now, revokedAt: now }))
      : unended
          .filter((key) => key.expiresAt === null)
          .map((key) => ({ ...key, expiresAt: now + overlapSeconds * 1000 }))
  return { issued, ended }
}

/** Returns every key that has not ended, except the current one, in its revoked state. */
export function planRevocation(keys: readonly SigningKey[], times: Times): SigningKey[] {
  return keys
    .filter((key) => key.expiresAt !== null && mayBeUnended(key, times))
    .map((key) => ({ ...key, revokedAt: times.now }))
}

/**
 * Whether the key may still be live: it has not ended at `settled`. A key whose secret was erased cannot sign anyway,
 * so `now` decides.
 */
function mayBeUnended(key: SigningKey, { now, settled }: Times): boolean {
  return !hasEnded(key, key.secretErased ? now : settled)
}
