import type { SchemeChoice } from '../../domain/schemes/schemes.ts'
import { keptAfterEndMs, type KeyOwner } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
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
