import { RekeyError } from '../errors.ts'
import { deleteWebhook as deleteRow } from '../store/webhooks.ts'
import type { Operation } from './operation.ts'

export const deleteWebhook: Operation<'deleteWebhook'> = async ({ path }, { store, signal }) => {
  const found = await store.write((queries) => deleteRow(queries, path), signal)
  if (!found) throw new RekeyError('notFound')
  return { status: 204, body: undefined }
}
