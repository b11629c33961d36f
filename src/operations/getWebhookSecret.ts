import { keyState } from '../domain/signing-key.ts'
import { RekeyError } from '../errors.ts'
import { listEndedKeys, listLiveKeys } from '../store/signing-keys.ts'
import { webhookExists } from '../store/webhooks.ts'
import type { Operation } from './operation.ts'
import { toETag, toKeyView } from './representation.ts'

const maxPrevious = 100

export const getWebhookSecret: Operation<'getWebhookSecret'> = async ({ path }, { store, now, signal }) => {
  const time = now()
  const [live, ended] = await store.read(async (queries) => {
    if (!(await webhookExists(queries, path))) throw new RekeyError('notFound')
    return [
      await listLiveKeys(queries, path, time),
      await listEndedKeys(queries, path, time, maxPrevious),
    ] as const
  }, signal)

  const current = live.find((key) => keyState(key, time) === 'current')
  const liveButCurrent = live.filter((key) => key !== current)
  const previous = [...liveButCurrent, ...ended.slice(0, maxPrevious - liveButCurrent.length)]
    .sort((a, b) => b.generation - a.generation)
    .map((key) => toKeyView(key, time))
  return {
    status: 200,
    headers: current ? { ETag: toETag(current.id) } : {},
    body: { current: current ? toKeyView(current, time) : null, previous },
  }
}
