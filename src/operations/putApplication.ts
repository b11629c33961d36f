import { findApplication, insertApplication, updateApplication } from '../store/tables/applications.ts'
import { rejectSecretIn } from './shared/plaintext.ts'
import type { Operation } from './shared/operation.ts'
import { toApplication } from './shared/representations.ts'

export const putApplication: Operation<'putApplication'> = async ({ path, body }, { store, now, signal }) => {
  const id = path.applicationId
  const name = body?.name ?? null
  rejectSecretIn('body/name', name)
  return store.write(
    path,
    async (queries) => {
      const time = now()
      const found = await findApplication(queries, id)
      if (!found) {
        const row = { id, name, created_at: time, updated_at: time }
        await insertApplication(queries, row)
        return { status: 201, body: toApplication(row) }
      }
      if (found.name === name) return { status: 200, body: toApplication(found) }
      const row = { ...found, name, updated_at: time }
      await updateApplication(queries, row)
      return { status: 200, body: toApplication(row) }
    },
    signal,
  )
}
