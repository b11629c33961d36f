import type { Environment } from '../config.ts'
import { chainFault, type AuditEvent } from '../domain/audit.ts'
import { endOf, type KeyOwner, type KnownKey } from '../domain/signing-key.ts'
import { keyFault, liveAfter, liveKeysFault } from '../domain/told-keys.ts'
import { findChainEnd, listAllEvents } from '../store/events.ts'
import { listNotedEnds } from '../store/secrets-to-erase.ts'
import { listAuditedKeys } from '../store/signing-keys.ts'
import { UsageError } from './options.ts'
import { createProgress } from './progress.ts'
import { withStore, type Workplace } from './with-store.ts'

export const usage = `rekey audit verify

Checks the audit trail of every webhook: that each event is as it was written, follows the one before it, and
tells the live keys that come of both; and that every stored key is as the rotation in the trail tells that
issued it. Names the first event or key of which that is not so. The exit code is 1 if there is one.
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

async function verify(workplace: Workplace): Promise<Verified> {
  const trails = await verifyTrails(workplace)
  return {
    ...trails,
    broken: trails.broken ?? (await verifyKeys(workplace)) ?? (await verifyEnds(workplace)),
  }
}

async function verifyTrails({ store, deadline }: Workplace): Promise<Verified> {
  const progress = createProgress('events checked')
  let chains = 0
  let events = 0
  let last: AuditEvent | null = null
  let live: KnownKey[] = []
  for (;;) {
    const after: AuditEvent | null = last
    const batch: AuditEvent[] = await store.read(
      (queries) => listAllEvents(queries, after, batchSize),
      deadline(),
    )
    for (const event of batch) {
      const before = last && isOfSameChain(last, event) ? last : undefined
      if (!before) chains += 1
      live = liveAfter(before ? live : [], event)
      const fault = chainFault(event, before) ?? liveKeysFault(event, before, live)
      if (fault !== null) return { chains, events, broken: `${describe(event)}: ${fault}` }
      events += 1
      last = event
    }
    progress.show(events)
    if (batch.length < batchSize) break
  }
  progress.end()
  return { chains, events, broken: null }
}

/** @returns what is wrong with the first key that is not as its event tells, or null */
async function verifyKeys({ store, deadline }: Workplace): Promise<string | null> {
  const progress = createProgress('keys checked')
  let checked = 0
  let after = ''
  for (;;) {
    const keys = await store.read((queries) => listAuditedKeys(queries, after, batchSize), deadline())
    for (const { event, ...key } of keys) {
      const fault = keyFault(key, event)
      if (fault !== null) return `key ${key.id} of ${key.applicationId}/${key.webhookId}: ${fault}`
    }
    checked += keys.length
    progress.show(checked)
    after = keys.at(-1)?.id ?? after
    if (keys.length < batchSize) break
  }
  progress.end()
  return null
}

/**
 * A last event that is removed leaves a trail that is whole in itself, and a key that signs again: until its secret is
 * erased, its end is noted elsewhere too.
 */
async function verifyEnds({ store, deadline }: Workplace): Promise<string | null> {
  let after = { at: 0, id: '' }
  for (;;) {
    const ends = await store.read((queries) => listNotedEnds(queries, after, batchSize), deadline())
    for (const end of ends) {
      // Read later than the end: what is told meanwhile ends no key later.
      const last = await store.read((queries) => findChainEnd(queries, end), deadline())
      const live = last?.liveKeys.find(({ id }) => id === end.id)
      if (live && endOf(live) > end.at)
        return `key ${end.id} of ${end.applicationId}/${end.webhookId}: it ended, and no event tells of that`
    }
    after = ends.at(-1) ?? after
    if (ends.length < batchSize) return null
  }
}

function isOfSameChain(one: KeyOwner, other: KeyOwner): boolean {
  return one.applicationId === other.applicationId && one.webhookId === other.webhookId
}

function describe({ applicationId, webhookId, sequence }: AuditEvent): string {
  return `event ${sequence} of ${applicationId}/${webhookId}`
}
