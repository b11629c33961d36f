import type { Operation } from './shared/operation.ts'
import { checkPreconditions, isNotModified } from './shared/preconditions.ts'
import { toSecretStateResponse, readKeys } from './shared/secret-state.ts'

export const getWebhookSecret: Operation<'getWebhookSecret'> = async (
  { path, header },
  { store, now, signal },
) => {
  const time = now()
  const keys = await store.read((queries) => readKeys(queries, path, time), signal)
  checkPreconditions({ 'If-Match': header['If-Match'] }, keys, time)
  const response = toSecretStateResponse(keys, time)
  if (!isNotModified(header, keys, time)) return response
  return { status: 304, headers: response.headers, body: undefined }
}
