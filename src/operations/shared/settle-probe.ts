import type { Times } from '../../domain/rotation.ts'
import { describeChange } from '../../domain/schemes/choose-scheme.ts'
import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import type { Queries } from '../../store/store.ts'
import { findSealedKey } from '../../store/tables/sealed-keys.ts'
import { listUnendedKeys, markProven } from '../../store/tables/signing-keys.ts'
import { findWebhook, toSchemeChoice } from '../../store/tables/webhooks.ts'
import { areExpected, type ProbeMessage } from './probe-messages.ts'
import type { ProbeTarget } from './probe-target.ts'

export interface SentProbe {
  target: ProbeTarget
  messages: readonly ProbeMessage[]
}

/** The result of a probe, and the state of the webhook after it. */
interface SettledProbe {
  proven: boolean
  /** The keys that have not expired or been revoked, newest first. */
  unended: SigningKey[]
  /** Whether the webhook still has the key, URL, scheme and header that were probed. */
  isUnchanged: boolean
}

/**
 * Compares the webhook with the probe's target, and records the first proof of its key. Every probe calls this in the
 * transaction that records its verdict, so any change that a proof makes in the database belongs here.
 * @throws RekeyError `notFound` if the webhook was deleted, even if it was created again under the same ID
 */
export async function settleProbe(
  queries: Queries,
  owner: KeyOwner,
  { target: { url, scheme, current }, messages }: SentProbe,
  { now, settled }: Times,
): Promise<SettledProbe> {
  const webhook = await findWebhook(queries, owner, now)
  if (!webhook || !(await findSealedKey(queries, current.key.id))) throw new RekeyError('notFound')
  const unended = await listUnendedKeys(queries, owner, settled)
  const isSameReceiver = webhook.url === url && describeChange(scheme, toSchemeChoice(webhook)) === null
  const isUnchanged = isSameReceiver && unended[0]?.id === current.key.id
  const proven = areExpected(messages)
  if (proven && isUnchanged) await markProven(queries, current.key.id, now)
  return { proven, unended, isUnchanged }
}
