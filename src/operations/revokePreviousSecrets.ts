import { toScheme } from '../domain/schemes/schemes.ts'
import { revokePreviousKeys } from './shared/revoke-previous-keys.ts'
import type { Operation } from './shared/operation.ts'
import { checkPreconditions } from './shared/preconditions.ts'
import { toSecretStateResponse, readKeys } from './shared/secret-state.ts'

export const revokePreviousSecrets: Operation<'revokePreviousSecrets'> = async ({ path, header }, context) =>
  context.store.write(
    path,
    async (queries) => {
      const settled = context.settledTime()
      const now = context.now()
      const { keys, ...others } = await readKeys(queries, path, settled)
      checkPreconditions(header, keys, now)
      const revoked = await revokePreviousKeys(
        queries,
        path,
        { keys, scheme: toScheme(others.scheme) },
        { now, settled },
        context,
      )
      const after = keys.map((key) => revoked.find(({ id }) => id === key.id) ?? key)
      return toSecretStateResponse({ keys: after, ...others }, now)
    },
    context.signal,
  )
