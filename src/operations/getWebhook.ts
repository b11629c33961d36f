import { RekeyError } from '../errors.ts'
import { findWebhook } from '../store/tables/webhooks.ts'
import type { Operation } from './shared/operation.ts'
import { toWebhook } from './shared/representations.ts'

export const getWebhook: Operation<'getWebhook'> = async ({ path }, { store, now, signal }) => {
  const row = await store.read((queries) => findWebhook(queries, path, now()), signal)
  if (!row) throw new RekeyError('notFound')
  return { status: 200, body: toWebhook(row) }
}
