import { findApplication, insertApplication, updateApplication } from '../store/applications.ts'
import { checkKeptText } from './kept-text.ts'
import type { Operation } from './shared/operation.ts'
import { toApplication } from './representation.ts'

export const putApplication: Operation<'putApplication'> = async ({ path, body }, { store, now, signal }) => {
  const id = path.applicationId
  const name = body?.name ?? null
  checkKeptText('body/name', name)
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
