import { SealError } from '../../domain/sealing.ts'
import type { SelfEndingOverlap } from '../../domain/self-ending-overlap.ts'
import { proofsNeeded } from '../../domain/self-ending-overlap.ts'
import { RekeyError } from '../../errors.ts'
import type { Claim } from '../../store/tables/probe-queue.ts'
import { findSelfEndingOverlap, type StoredOverlap } from '../../store/tables/self-ending-overlaps.ts'
import type { OperationContext } from './operation.ts'
import { sendScheduledMessages } from './probe-messages.ts'
import { readProbeTarget } from './probe-target.ts'
import { cannotUnseal, settleOverlap } from './settle-overlap.ts'
import type { SentProbe } from './settle-probe.ts'

/**
 * Probes the receiver of a claimed overlap, records the verdict, and ends the overlap if the receiver is proven. Does
 * nothing if a rotation has replaced the overlap, or if another instance has claimed it after the lease.
 */
export async function runScheduledProbe(claim: Claim, context: OperationContext): Promise<void> {
  const { store, now, settledTime, signal } = context
  const claimed = await store.read((queries) => findSelfEndingOverlap(queries, claim), signal)
  if (!claimed || !isClaimed(claimed, claim)) return
  // Outside any transaction, because other writes would otherwise wait for the receiver too.
  const probe = claimed.endsAt > now() ? await probeReceiver(claimed, context) : null
  if (probe instanceof SealError && claimed.lastProbe?.verdicts !== cannotUnseal)
    context.logError(probe, 'a scheduled probe cannot be sent; until that changes, it counts as failed')
  await store.write(
    claim,
    async (queries) => {
      const times = { settled: settledTime(), now: now() }
      const overlap = await findSelfEndingOverlap(queries, claim)
      if (overlap && isClaimed(overlap, claim)) await settleOverlap(queries, overlap, probe, times, context)
    },
    signal,
  )
}

function isClaimed({ dueAt, queued }: StoredOverlap, { leaseEnd }: Claim): boolean {
  return dueAt === leaseEnd && !queued
}

/**
 * Returns null if there is nothing to probe: the webhook was deleted, its current key has changed, or that key's
 * secret was erased. Returns the error if that secret cannot be unsealed.
 */
async function probeReceiver(
  overlap: SelfEndingOverlap,
  context: OperationContext,
): Promise<SentProbe | SealError | null> {
  try {
    const target = await readProbeTarget(overlap, {}, context)
    if (target.current.key.id !== overlap.keyId) return null
    const copies = proofsNeeded(target.scheme) > 1 ? 2 : 1
    return { target, messages: await sendScheduledMessages(overlap, target, copies, context) }
  } catch (error) {
    if (error instanceof SealError) return error
    if (error instanceof RekeyError && (error.kind === 'notFound' || error.kind === 'conflict')) return null
    throw error
  }
}
