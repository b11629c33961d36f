import { RekeyError } from '../errors.ts'
import { deleteApplication as deleteRow } from '../store/applications.ts'
import type { Operation } from './operation.ts'

export const deleteApplication: Operation<'deleteApplication'> = async ({ path }, { store, signal }) => {
  const found = await store.write((queries) => deleteRow(queries, path.applicationId), signal)
  if (!found) throw new RekeyError('notFound')
  return { status: 204, body: undefined }
}
