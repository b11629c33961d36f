import type { EventKey } from '../domain/audit.ts'
import { endOf, type KeyOwner, type SigningKey } from '../domain/signing-key.ts'
import type { SigningSecret } from '../domain/signing-secret.ts'
import { tellKeys } from '../domain/told-keys.ts'
import { RekeyError } from '../errors.ts'
import { listKeyChanges, listLiveKeys } from '../store/events.ts'
import { findSealedKey } from '../store/signing-keys.ts'
import type { Queries } from '../store/store.ts'
import { webhookExists } from '../store/webhooks.ts'
import type { OperationContext } from './operation.ts'

/**
 * Every key that signs, and as many of those that have ended as can be tried without anybody noticing:
 * a webhook may have tens of thousands of a day.
 */
const maxOpened = 100
/** In so many changes as many keys ended at least, if as many had ended: a change that ends none issues the first. */
const maxChanges = 2 * maxOpened

/** A key with its secret in the open. */
export interface OpenKey {
  key: SigningKey
  secret: SigningSecret
}

type OpenKeys = [OpenKey, ...OpenKey[]]

/**
 * Reads and opens the keys that sign, newest first. They are read anew every time, so that a revocation holds at
 * the next signature, on every instance.
 * @throws RekeyError `notFound`, and `conflict` if the webhook was never rotated
 */
export function openLiveKeys(owner: KeyOwner, now: number, context: OperationContext): Promise<OpenKeys> {
  return open(owner, (queries) => listLiveKeys(queries, owner, now), context)
}

/** As openLiveKeys, with those that have ended after `since`; of more than a hundred keys those that end last. */
export function openKeys(owner: KeyOwner, since: number, context: OperationContext): Promise<OpenKeys> {
  return open(owner, (queries) => listKeysSince(queries, owner, since), context)
}

/** The keys that sign or have ended after `since`, in no order; of more than `maxOpened` those that end last. */
async function listKeysSince(queries: Queries, owner: KeyOwner, since: number): Promise<EventKey[]> {
  const told = tellKeys(await listKeyChanges(queries, owner, since, maxChanges))
  const kept = told.filter((key) => endOf(key) > since)
  return kept.sort((a, b) => endOf(b) - endOf(a)).slice(0, maxOpened)
}

async function open(
  owner: KeyOwner,
  list: (queries: Queries) => Promise<EventKey[]>,
  { store, keyring, signal }: OperationContext,
): Promise<OpenKeys> {
  const [newest, ...others] = await store.read(async (queries) => {
    const keys = await list(queries)
    const found = await Promise.all(
      keys.map(async (key) => ({ key, stored: await findSealedKey(queries, key.id) })),
    )
    // Of one that has ended the secret may be erased by now.
    const left = found.flatMap(({ key, stored }) =>
      stored ? { ...stored, key: { ...stored.key, ...key } } : [],
    )
    if (left.length === 0 && !(await webhookExists(queries, owner))) throw new RekeyError('notFound')
    return left.sort((a, b) => b.key.sequence - a.key.sequence)
  }, signal)
  if (!newest) {
    throw new RekeyError('conflict', {
      message: 'This webhook has no signing secret yet. Rotate it once to have one issued.',
    })
  }
  const withSecret = ({ key, sealed }: typeof newest) => ({
    key,
    secret: keyring.open(sealed, { ...owner, keyId: key.id }),
  })
  return [withSecret(newest), ...others.map(withSecret)]
}
