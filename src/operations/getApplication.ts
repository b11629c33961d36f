import { RekeyError } from '../errors.ts'
import { findApplication } from '../store/tables/applications.ts'
import type { Operation } from './shared/operation.ts'
import { toApplication } from './shared/representations.ts'

export const getApplication: Operation<'getApplication'> = async ({ path }, { store, signal }) => {
  const row = await store.read((queries) => findApplication(queries, path.applicationId), signal)
  if (!row) throw new RekeyError('notFound')
  return { status: 200, body: toApplication(row) }
}
