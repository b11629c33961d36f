import { revokePreviousKeys } from './shared/revoke-previous-keys.ts'
import { checkIfMatch } from './shared/if-match.ts'
import type { Operation } from './shared/operation.ts'
import { toSecretStateResponse, readKeys } from './shared/secret-state.ts'

export const revokePreviousSecrets: Operation<'revokePreviousSecrets'> = async ({ path, header }, context) =>
  context.store.write(
    path,
    async (queries) => {
      const time = context.now()
      const keys = await readKeys(queries, path, time)
      checkIfMatch(header['If-Match'], keys, time)
      const revoked = await revokePreviousKeys(queries, path, keys, time, context)
      const after = keys.map((key) => revoked.find(({ id }) => id === key.id) ?? key)
      return toSecretStateResponse(after, time)
    },
    context.signal,
  )
