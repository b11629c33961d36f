import type { Times } from '../../domain/rotation.ts'
import { describeChange } from '../../domain/schemes/choose-scheme.ts'
import type { SchemeChoice } from '../../domain/schemes/schemes.ts'
import { keptAfterEndMs, type KeyOwner, type SigningKey } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import type { Queries } from '../../store/store.ts'
import { findSealedKey } from '../../store/tables/sealed-keys.ts'
import { listUnendedKeys, markProven } from '../../store/tables/signing-keys.ts'
import { findWebhook, toSchemeChoice } from '../../store/tables/webhooks.ts'
import { listInactiveKeys } from './inactive-keys.ts'
import type { OperationContext } from './operation.ts'
import { unsealKeys, type UnsealedKey } from './unseal-keys.ts'

/** Maximum number of previous keys that a probe tests. */
const maxPrevious = 10

/** What a probe tests: a receiver, and the keys that its messages are signed with. */
export interface ProbeTarget {
  url: string
  scheme: SchemeChoice
  current: UnsealedKey
  /** Null unless the receiver should refuse the previous keys too. */
  previous: readonly UnsealedKey[] | null
}

/**
 * Reads what a probe of the webhook's receiver tests.
 * @throws RekeyError `notFound` if the webhook does not exist; `conflict` if it has no current key with a secret, or if
 * previous keys are to be tested and one is still live
 */
export async function readProbeTarget(
  owner: KeyOwner,
  { expectPreviousRefused = false }: { expectPreviousRefused?: boolean | undefined },
  context: OperationContext,
): Promise<ProbeTarget> {
  const { store, now, signal } = context
  const time = now()
  const webhook = await store.read((queries) => findWebhook(queries, owner, time), signal)
  if (!webhook) throw new RekeyError('notFound')
  const { keys } = await unsealKeys(owner, time - keptAfterEndMs, context)
  const [current, ...others] = keys
  const previous = expectPreviousRefused
    ? listInactiveKeys(current, others, time).slice(0, maxPrevious)
    : null
  return { url: webhook.url, scheme: toSchemeChoice(webhook), current, previous }
}

/** The state of a webhook after a probe. */
interface AfterProbe {
  /** The keys that have not ended, newest first. */
  unended: SigningKey[]
  /** Whether the webhook still has the key, URL, scheme and header that were probed. */
  isUnchanged: boolean
}

/**
 * Compares the webhook with what was probed, and records the first proof of its key. Every probe passes here with its
 * verdict, in the transaction that records it, so any change that a proof makes in the database belongs here.
 * @throws RekeyError `notFound` if the webhook was deleted, even if it was created again under the same ID
 */
export async function settleProbe(
  queries: Queries,
  owner: KeyOwner,
  { url, scheme, current }: ProbeTarget,
  { now, settled, proven }: Times & { proven: boolean },
): Promise<AfterProbe> {
  const webhook = await findWebhook(queries, owner, now)
  if (!webhook || !(await findSealedKey(queries, current.key.id))) throw new RekeyError('notFound')
  const unended = await listUnendedKeys(queries, owner, settled)
  const isSameReceiver = webhook.url === url && describeChange(scheme, toSchemeChoice(webhook)) === null
  const isUnchanged = isSameReceiver && unended[0]?.id === current.key.id
  if (proven && isUnchanged) await markProven(queries, current.key.id, now)
  return { unended, isUnchanged }
}
