import { endOverlap } from './end-overlap.ts'
import { checkIfMatch } from './if-match.ts'
import type { Operation } from './shared/operation.ts'
import { answerSecretState, readKeys } from './secret-state.ts'

export const revokePreviousSecrets: Operation<'revokePreviousSecrets'> = async ({ path, header }, context) =>
  context.store.write(
    path,
    async (queries) => {
      const time = context.now()
      const keys = await readKeys(queries, path, time)
      checkIfMatch(header['If-Match'], keys, time)
      const revoked = await endOverlap(queries, path, keys, time, context)
      const after = keys.map((key) => revoked.find(({ id }) => id === key.id) ?? key)
      return answerSecretState(after, time)
    },
    context.signal,
  )
