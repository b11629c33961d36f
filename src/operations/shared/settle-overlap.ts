import type { EventType } from '../../domain/audit.ts'
import type { Times } from '../../domain/rotation.ts'
import { toScheme } from '../../domain/schemes/schemes.ts'
import { SealError } from '../../domain/sealing.ts'
import {
  addProof,
  isProven,
  nextProbeTime,
  targetOf,
  type LastProbe,
  type Proofs,
  type SelfEndingOverlap,
} from '../../domain/self-ending-overlap.ts'
import { hasEnded, type SigningKey } from '../../domain/signing-key.ts'
import type { Queries } from '../../store/store.ts'
import { appendEvent } from '../../store/tables/events.ts'
import { deleteSelfEndingOverlap, updateSelfEndingOverlap } from '../../store/tables/self-ending-overlaps.ts'
import { listUnendedAndNewestKeys } from '../../store/tables/signing-keys.ts'
import { eventBy } from './event-by.ts'
import type { OperationContext } from './operation.ts'
import { summarize } from './probe-messages.ts'
import { revokePreviousKeys } from './revoke-previous-keys.ts'
import { settleProbe, type SentProbe } from './settle-probe.ts'

/** How long to wait before looking again whether an overlap is over, if the clock may be wrong. */
const doubtMs = 60_000

/** The verdicts of a probe that could not be sent, because the current secret cannot be unsealed. */
export const cannotUnseal = 'not proven: the current secret cannot be unsealed'

/**
 * Ends or continues a self-ending overlap after a scheduled probe. Records the probe's verdicts if they differ from
 * the previous ones, and how the overlap ended if it did.
 * @param probe null if there was nothing to probe; the error if the current secret cannot be unsealed
 */
export async function settleOverlap(
  queries: Queries,
  overlap: SelfEndingOverlap,
  probe: SentProbe | SealError | null,
  times: Times,
  context: OperationContext,
): Promise<void> {
  const { now, settled } = times
  const record = (type: EventType, key: SigningKey, reason: string) =>
    appendEvent(queries, key, eventBy(context, { type, at: now, reason, key }))
  const newest = await listUnendedAndNewestKeys(queries, overlap, settled, 2)
  const [current, previous] = newest
  const keys = newest.filter((key) => !hasEnded(key, settled))
  const isCurrent = current?.id === overlap.keyId && current.expiresAt === null
  if (!isCurrent || keys.length < 2) {
    // Otherwise, an instance that does not know self-ending overlaps has rotated, or revoked the previous keys.
    if (isCurrent && previous?.revokedAt === null)
      await record('overlap.expired', current, describeLast(overlap))
    await deleteSelfEndingOverlap(queries, overlap)
    return
  }

  const isSent = probe !== null && !(probe instanceof SealError)
  const lastProbe = isSent
    ? await toLastProbe(queries, overlap, probe, times)
    : probe && { at: now, proven: false, verdicts: cannotUnseal, proofs: null }
  if (lastProbe && lastProbe.verdicts !== overlap.lastProbe?.verdicts)
    await record('receiver.probed', current, lastProbe.verdicts)
  if (isSent && lastProbe?.proofs && isProven(probe.target.scheme, lastProbe.proofs, settled)) {
    const state = { keys, scheme: toScheme(probe.target.scheme) }
    const cause = describeProofs(lastProbe.proofs)
    await revokePreviousKeys(queries, overlap, state, times, context, cause)
    return
  }
  // Even if another instance, whose clock is ahead, has queued this probe, it must not become due again.
  const nextProbeAt = nextProbeTime(overlap, Math.max(now, overlap.nextProbeAt ?? now))
  const dueAt = nextProbeAt ?? (overlap.endsAt > now ? overlap.endsAt : now + doubtMs)
  await updateSelfEndingOverlap(queries, {
    ...overlap,
    nextProbeAt,
    dueAt,
    lastProbe: lastProbe ?? overlap.lastProbe,
  })
}

/** Returns null if the key, URL, scheme or header changed during the probe, because it then proves nothing. */
async function toLastProbe(
  queries: Queries,
  overlap: SelfEndingOverlap,
  probe: SentProbe,
  times: Times,
): Promise<LastProbe | null> {
  const { proven, isUnchanged } = await settleProbe(queries, overlap, probe, times)
  if (!isUnchanged) return null
  const { target, messages } = probe
  const proofs = proven ? addProof(overlap.lastProbe, targetOf(target.url, target.scheme), times.now) : null
  return { at: times.now, proven, verdicts: summarize(messages), proofs }
}

function describeProofs({ count, since }: Proofs): string {
  if (count === 1) return 'a scheduled probe proved the receiver'
  return `${count} scheduled probes in a row proved the receiver since ${new Date(since).toISOString()}`
}

function describeLast({ lastProbe }: SelfEndingOverlap): string {
  return lastProbe ? `last scheduled probe: ${lastProbe.verdicts}` : 'no scheduled probe was completed'
}
