import type { Operation } from './shared/operation.ts'
import { toSecretStateResponse, readKeys } from './shared/secret-state.ts'

export const getWebhookSecret: Operation<'getWebhookSecret'> = async ({ path }, { store, now, signal }) => {
  const time = now()
  const keys = await store.read((queries) => readKeys(queries, path, time), signal)
  return toSecretStateResponse(keys, time)
}
