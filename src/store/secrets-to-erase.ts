import type { KeyOwner } from '../domain/signing-key.ts'
import { prepared } from './prepared.ts'
import type { SecretToEraseRow } from './schema.ts'
import type { Queries } from './store.ts'

/** Has a secret erased some time after its key's end. */
export const eraseSecretAfter = prepared((queries, row: SecretToEraseRow) =>
  queries
    .insertInto('secrets_to_erase')
    .values({ at: row.at, key_id: row.key_id })
    // A key may end once more at the same time, as one that is revoked when it expires.
    .onConflict((conflict) => conflict.doNothing()),
)

/**
 * Erases the secrets of keys that ended before a time; of more than `limit` ends the first.
 * @returns how many ends there were, and how many secrets: a key may have ended twice
 */
export async function eraseSecrets(
  queries: Queries,
  endedBefore: number,
  limit: number,
): Promise<{ found: number; done: number }> {
  const due = await queries
    .selectFrom('secrets_to_erase')
    .select(['at', 'key_id'])
    .where('at', '<=', endedBefore)
    .orderBy('at')
    .orderBy('key_id')
    .limit(limit)
    .execute()
  if (due.length === 0) return { found: 0, done: 0 }
  const { numUpdatedRows } = await queries
    .updateTable('signing_keys')
    .set({ sealed_secret: null, sealed_by: null })
    .where(
      'id',
      'in',
      due.map(({ key_id }) => key_id),
    )
    .where('sealed_secret', 'is not', null)
    .executeTakeFirst()
  await queries
    .deleteFrom('secrets_to_erase')
    .where((row) => row.or(due.map(({ at, key_id }) => row.and({ at, key_id }))))
    .execute()
  return { found: due.length, done: Number(numUpdatedRows) }
}

/** An end of a key whose secret is not erased yet. */
export interface NotedEnd extends KeyOwner {
  id: string
  at: number
}

/** Ends after `after`, in their order. */
export async function listNotedEnds(
  queries: Queries,
  after: Pick<NotedEnd, 'at' | 'id'>,
  limit: number,
): Promise<NotedEnd[]> {
  return queries
    .selectFrom('secrets_to_erase')
    .innerJoin('signing_keys', 'signing_keys.id', 'secrets_to_erase.key_id')
    .select(['at', 'key_id as id', 'application_id as applicationId', 'webhook_id as webhookId'])
    .where((row) => row(row.refTuple('at', 'key_id'), '>', row.tuple(after.at, after.id)))
    .orderBy('at')
    .orderBy('key_id')
    .limit(limit)
    .execute()
}
