import { toReceiverKey, type ReceiverKey } from '../../domain/key-material.ts'
import { PrivateKey } from '../../domain/private-key.ts'
import { FingerprintTaken, planRotation, type Rotation } from '../../domain/rotation.ts'
import { schemes, toScheme, type SchemeName } from '../../domain/schemes/schemes.ts'
import { joinReasons } from '../../domain/audit.ts'
import { startOverlap, type SelfEndingOverlap } from '../../domain/self-ending-overlap.ts'
import { describeSigner } from '../../domain/signers.ts'
import { isLive, newKeyId, type KeyOwner, type SigningKey } from '../../domain/signing-key.ts'
import { isDecodable, type SigningSecret } from '../../domain/signing-secret.ts'
import { RekeyError } from '../../errors.ts'
import type { Queries } from '../../store/store.ts'
import { findChainEnd } from '../../store/tables/events.ts'
import { saveRotation } from '../../store/tables/rotation.ts'
import { listUnendedKeys } from '../../store/tables/signing-keys.ts'
import { findScheme } from '../../store/tables/webhooks.ts'
import type { OperationContext } from './operation.ts'

export interface RotationServices extends Pick<
  OperationContext,
  'store' | 'keyring' | 'now' | 'settledTime' | 'generateSecret' | 'signal'
> {
  /** See Store.write. */
  beforeCommit?: () => Promise<void>
}

/** A rotation, with the steps that the calling code adds to its transaction. */
export interface RotationRequest<Skipped> {
  owner: KeyOwner
  /** The secret to import. If omitted, Rekey generates a secret. Without `keyId`, Rekey generates the key's ID. */
  given?: { secret: SigningSecret; keyId?: string } | undefined
  overlapSeconds: number
  /** Whether scheduled probes end the overlap once they have proven the receiver. Defaults to false. */
  endWhenProven?: boolean | undefined
  actor: string | null
  reason: string | null
  /** Null if a CLI command rotates the secret. */
  requestId: string | null
  /**
   * If this returns a value other than undefined, the rotation is skipped. Must use only prepared queries, because they
   * run concurrently with the rotation's own queries.
   */
  skip?: (queries: Queries, settled: number) => Promise<Skipped | undefined>
  /** Throws if the webhook must not be rotated now. `keys` are those that have not ended, newest first. */
  check?: (queries: Queries, keys: readonly SigningKey[], now: number) => Promise<void>
  /** Like `check`, but runs after everything else that could make the rotation fail. */
  checkLast?: (keys: readonly SigningKey[], now: number) => void
  /**
   * Stores data that must be committed together with the rotation. May run more than once, like the whole transaction.
   */
  record?: (queries: Queries, rotated: Rotated, now: number) => Promise<void>
}

/** The new current key, with the secret or public key that its receiver gets. */
export interface Rotated {
  key: SigningKey
  secret: ReceiverKey
}

/** Returned instead of a rotation if the secret was generated for a scheme that the webhook no longer has. */
const wrongKind = Symbol('wrong kind')

/**
 * Rotates a secret; every rotation goes through this function. Seals the secret, then updates the keys and the
 * audit trail in one transaction. If the transaction finds that the webhook needs a private key, generates one and
 * starts again.
 * @throws RekeyError `notFound` if the webhook does not exist; `conflict` if its scheme does not accept the secret;
 * FingerprintTaken or TooManyLiveKeys if its keys do not
 * allow the rotation; any error from the request's steps
 */
export async function rotateInTransaction<Skipped = never>(
  services: RotationServices,
  request: RotationRequest<Skipped>,
): Promise<Rotated | { skipped: Skipped }> {
  let isPrivate = false
  for (;;) {
    try {
      const outcome = await attempt(services, request, isPrivate)
      if (outcome !== wrongKind) return outcome
      isPrivate = !isPrivate
    } catch (error) {
      // The fingerprint of a random secret is taken with a probability of 1 in 65,536 per live key. Retry with another
      // secret, unless the caller imports this one.
      if (!(error instanceof FingerprintTaken) || request.given) throw error
    }
  }
}

async function attempt<Skipped>(
  { store, keyring, now, settledTime, generateSecret, signal, beforeCommit }: RotationServices,
  {
    owner,
    given,
    overlapSeconds,
    endWhenProven = false,
    actor,
    reason,
    requestId,
    skip,
    check,
    checkLast,
    record,
  }: RotationRequest<Skipped>,
  isPrivate: boolean,
): Promise<Rotated | { skipped: Skipped } | typeof wrongKind> {
  const material = given?.secret ?? (isPrivate ? PrivateKey.generate() : generateSecret())
  const secret = toReceiverKey(material)
  const keyId = given?.keyId ?? newKeyId(now())
  // Seal before the transaction begins, because other writes wait while it is open.
  const sealed = keyring.seal(material, { ...owner, keyId })

  return store.write(
    owner,
    async (queries) => {
      const settled = settledTime()
      const time = now()
      const [scheme, unended, lastEvent, skipped] = await Promise.all([
        findScheme(queries, owner),
        listUnendedKeys(queries, owner, settled),
        findChainEnd(queries, owner),
        skip?.(queries, settled),
      ])
      if (!scheme) throw new RekeyError('notFound')
      if (skipped !== undefined) return { skipped }
      await check?.(queries, unended, time)
      if (given) rejectUnfitSecret(given.secret, scheme.name)
      else if ((schemes[scheme.name].keyBytes === 'private') !== isPrivate) return wrongKind
      const rotation = planRotation(unended, {
        owner,
        keyId,
        fingerprint: keyring.fingerprint(secret),
        overlapSeconds,
        createdBy: actor,
        reason,
        now: time,
        settled,
      })
      checkLast?.(unended, time)
      const live = keysAfter(rotation, unended, time)
      const overlap = endWhenProven ? selfEndingOverlap(live) : null
      await saveRotation(queries, rotation, {
        sealed: { sealed, sealedBy: keyring.newestKid },
        reason: joinReasons(reason, overlap && endsWhenProven, describeSigner(toScheme(scheme), live)),
        requestId,
        last: lastEvent,
        overlap,
      })
      const rotated = { key: rotation.issued, secret }
      await record?.(queries, rotated, time)
      return rotated
    },
    signal,
    beforeCommit,
  )
}

/** @throws RekeyError `conflict` if the scheme does not accept the imported secret */
function rejectUnfitSecret(secret: SigningSecret, name: SchemeName): void {
  const { keyBytes } = schemes[name]
  if (keyBytes === 'private')
    throw new RekeyError('conflict', {
      message: `The webhook's scheme ${name} does not allow imported secrets. Omit signingSecret to have Rekey generate the key.`,
    })
  if (keyBytes === 'decoded' && !isDecodable(secret))
    throw new RekeyError('conflict', {
      message:
        `The webhook's scheme ${name} accepts only whsec_ followed by the base64 of 24 to 64 bytes. ` +
        'Import such a secret, or change signatureScheme first.',
    })
}

/** Returns the live keys after a rotation, newest first. */
function keysAfter({ issued, ended }: Rotation, before: readonly SigningKey[], now: number): SigningKey[] {
  const kept = before.map((key) => ended.find(({ id }) => id === key.id) ?? key)
  return [issued, ...kept.filter((key) => isLive(key, now))]
}

/**
 * Returns the overlap of the live keys after a rotation, or null if the new key is the only one.
 * @param live newest first
 */
function selfEndingOverlap([issued, ...previous]: readonly SigningKey[]): SelfEndingOverlap | null {
  if (!issued || previous.length === 0) return null
  const endsAt = Math.max(...previous.flatMap(({ expiresAt }) => expiresAt ?? []))
  return startOverlap(issued, { keyId: issued.id, startedAt: issued.createdAt, endsAt })
}

const endsWhenProven = 'the overlap ends once the receiver is proven'
