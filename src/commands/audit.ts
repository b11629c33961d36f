import type { Environment } from '../config/config.ts'
import { findChainBreak, type AuditEvent, type ChainEnd } from '../domain/audit.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
import { recordEvent, findKeyMismatch, type KeyHistory } from '../domain/key-history.ts'
import { listAllEvents } from '../store/tables/events.ts'
import { listAllKeys, type AuditedKey } from '../store/tables/audited-keys.ts'
import { UsageError } from './shared/options.ts'
import { createProgress } from './shared/progress.ts'
import { KeyCursor } from './audit/key-cursor.ts'
import { withStore, type CommandContext } from './shared/command-context.ts'

export const usage = `rekey audit verify

Checks the audit trail of every webhook: that each event is as it was written and follows the one before
it, and that every stored key was issued by a rotation in the trail and ends as the trail tells. Names the
first event or key of which that is not so. The exit code is 1 if there is one.
`

const batchSize = 1_000

interface Verified {
  chains: number
  events: number
  /** What is wrong, for people, or null. */
  broken: string | null
}

export async function run(environment: Environment, args: string[]): Promise<void> {
  if (args.length !== 1 || args[0] !== 'verify') throw new UsageError('there is only `rekey audit verify`')
  const result = await withStore(environment, async (workplace) => {
    await workplace.store.migrate()
    return verify(workplace)
  })
  process.stdout.write(`${JSON.stringify(result)}\n`)
  if (result.broken !== null) throw new Error(result.broken)
}

/**
 * Both events and keys are read in batches, while rotations go on. So a key is compared when the walk over its chain
 * is at the event that was the last one when the key was read: what it tells is of the same moment as the key.
 */
async function verify({ store, deadline }: CommandContext): Promise<Verified> {
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
      const fault = findChainBreak(event, before)
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
      // The keys that were read just now may have been issued after these events were.
      if (isOutdated) break
    }
    progress.show(events)
    if (!isOutdated && batch.length < batchSize) break
  }
  progress.end()
  // Its chain went by, and never came to the event that was the last one.
  const broken = keys.key ? `${describeKey(keys.key)}: no event records it` : null
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
