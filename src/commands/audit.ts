import type { Environment } from '../config.ts'
import { chainFault, type AuditEvent, type ChainEnd } from '../domain/audit.ts'
import { findKeyWithoutEvent, listAllEvents } from '../store/events.ts'
import { UsageError } from './options.ts'
import { createProgress } from './progress.ts'
import { withStore, type Workplace } from './with-store.ts'

export const usage = `rekey audit verify

Checks the audit trail of every webhook: that each event is as it was written and follows the one before
it, and that every stored key was issued by a rotation in the trail. Names the first event that is not.
The exit code is 1 if there is one.
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

async function verify({ store, deadline }: Workplace): Promise<Verified> {
  const progress = createProgress('events checked')
  let chains = 0
  let events = 0
  let last: AuditEvent | null = null
  for (;;) {
    const after: AuditEvent | null = last
    const batch: AuditEvent[] = await store.read(
      (queries) => listAllEvents(queries, after, batchSize),
      deadline(),
    )
    for (const event of batch) {
      const before: ChainEnd | undefined = last && isOfSameChain(last, event) ? last : undefined
      if (!before) chains += 1
      const fault = chainFault(event, before)
      if (fault !== null) return { chains, events, broken: `${describe(event)}: ${fault}` }
      events += 1
      last = event
    }
    progress.show(events)
    if (batch.length < batchSize) break
  }
  progress.end()
  const orphan = await store.read(findKeyWithoutEvent, deadline())
  const broken = orphan
    ? `key ${orphan.id} of ${orphan.applicationId}/${orphan.webhookId}: no event tells of it`
    : null
  return { chains, events, broken }
}

function isOfSameChain(one: AuditEvent, other: AuditEvent): boolean {
  return one.applicationId === other.applicationId && one.webhookId === other.webhookId
}

function describe({ applicationId, webhookId, sequence }: AuditEvent): string {
  return `event ${sequence} of ${applicationId}/${webhookId}`
}
