import { findChainBreak, type AuditEvent, type ChainEnd } from '../../domain/audit.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { recordEvent, findKeyMismatch, type KeyHistory } from '../../domain/key-history.ts'
import { listAllEvents } from '../../store/tables/events.ts'
import { listAllKeys, type AuditedKey } from '../../store/tables/audited-keys.ts'
import { createProgress } from '../shared/progress.ts'
import type { FollowedEvents } from './followed-events.ts'
import { KeyCursor } from './key-cursor.ts'
import type { CommandContext } from '../shared/command-context.ts'

const batchSize = 1_000

export interface Verified {
  chains: number
  events: number
  /** Describes the first event or key that failed; null if all are valid. */
  broken: string | null
}

/**
 * Verifies events and keys in batches, while rotations continue. Compares each key with its webhook's events up to the
 * key's `lastSequence`: a later event may record a change that was made after the key was read.
 * @param followed events that were followed earlier, which the trail must still have; null to compare none
 */
export async function verify(
  { store, deadline }: CommandContext,
  followed: FollowedEvents | null,
): Promise<Verified> {
  const progress = createProgress('events checked')
  const keys = new KeyCursor((after, limit) =>
    store.read((queries) => listAllKeys(queries, after, limit), deadline()),
  )
  let chains = 0
  let events = 0
  let last: AuditEvent | null = null
  let told: KeyHistory = new Map()
  await keys.readNextPage()
  for (;;) {
    const after: AuditEvent | null = last
    const batch: AuditEvent[] = await store.read(
      (queries) => listAllEvents(queries, after, batchSize),
      deadline(),
    )
    let isOutdated = false
    for (const event of batch) {
      const before: ChainEnd | undefined = last && isOfSameChain(last, event) ? last : undefined
      if (!before) {
        chains += 1
        told = new Map()
      }
      const fault = findChainBreak(event, before) ?? followed?.findDifference(event) ?? null
      if (fault !== null) return { chains, events, broken: `${describe(event)}: ${fault}` }
      events += 1
      last = event
      recordEvent(told, event)
      while (keys.key && isOfSameChain(keys.key, event) && keys.key.lastSequence === event.sequence) {
        const fault = findKeyMismatch(keys.key, told)
        if (fault !== null) return { chains, events, broken: `${describeKey(keys.key)}: ${fault}` }
        if (keys.advance()) {
          await keys.readNextPage()
          isOutdated = true
        }
      }
      // Keys on the new page may have newer events than this batch contains. Read the events after `last` again.
      if (isOutdated) break
    }
    progress.show(events)
    if (!isOutdated && batch.length < batchSize) break
  }
  progress.end()
  // The loop checks each key when it reaches the event with the key's `lastSequence`. A key that remains has no such
  // event.
  const broken = keys.key
    ? `${describeKey(keys.key)}: no event in the audit trail records it`
    : (followed?.findMissing() ?? null)
  return { chains, events, broken }
}

function isOfSameChain(one: KeyOwner, other: KeyOwner): boolean {
  return one.applicationId === other.applicationId && one.webhookId === other.webhookId
}

function describe({ applicationId, webhookId, sequence }: AuditEvent): string {
  return `event ${sequence} of ${applicationId}/${webhookId}`
}

function describeKey({ applicationId, webhookId, id }: AuditedKey): string {
  return `key ${id} of ${applicationId}/${webhookId}`
}
