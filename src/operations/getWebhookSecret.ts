import type { Operation } from './shared/operation.ts'
import { checkPreconditions, isNotModified } from './shared/preconditions.ts'
import { toSecretStateResponse, readKeys } from './shared/secret-state.ts'

export const getWebhookSecret: Operation<'getWebhookSecret'> = async (
  { path, header },
  { store, now, signal },
) => {
  const time = now()
  const found = await store.read((queries) => readKeys(queries, path, time), signal)
  const { keys, scheme, overlap } = found
  checkPreconditions({ 'If-Match': header['If-Match'] }, keys, time)
  const response = toSecretStateResponse(found, time)
  const changedAt = Math.max(scheme.updatedAt, overlap?.lastProbe?.at ?? 0)
  if (!isNotModified(header, keys, changedAt, time)) return response
  return { status: 304, headers: response.headers, body: undefined }
}
