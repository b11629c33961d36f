import { revokePrevious } from '../domain/rotation.ts'
import { appendEvent } from '../store/events.ts'
import { endKey } from '../store/signing-keys.ts'
import { checkIfMatch } from './if-match.ts'
import type { Operation } from './operation.ts'
import { answerSecretState, readKeys } from './secret-state.ts'

export const revokePreviousSecrets: Operation<'revokePreviousSecrets'> = async (
  { path, header },
  { store, now, caller, requestId, signal },
) =>
  store.write(
    path,
    async (queries) => {
      const time = now()
      const keys = await readKeys(queries, path, time)
      checkIfMatch(header['If-Match'], keys, time)
      const revoked = revokePrevious(keys, time)
      for (const key of revoked) await endKey(queries, key)
      if (revoked.length > 0) {
        await appendEvent(queries, path, {
          type: 'secret.previous_revoked',
          at: time,
          actor: caller.subject,
          reason: null,
          requestId,
          key: null,
          endedKeys: revoked,
        })
      }
      const after = keys.map((key) => revoked.find(({ id }) => id === key.id) ?? key)
      return answerSecretState(after, time)
    },
    signal,
  )
