import { toScheme } from '../domain/schemes/schemes.ts'
import { RekeyError } from '../errors.ts'
import { appendEvent } from '../store/tables/events.ts'
import type { Operation } from './shared/operation.ts'
import { areExpected, sendProbeMessages, summarize } from './shared/probe-messages.ts'
import { readProbeTarget, settleProbe } from './shared/probe-target.ts'
import { revokePreviousKeys } from './shared/revoke-previous-keys.ts'

export const probeReceiver: Operation<'probeReceiver'> = async ({ path, body = {} }, context) => {
  const { store, now, settledTime, caller, requestId, probeLimit, signal } = context
  const target = await readProbeTarget(path, body, context)
  // Outside any transaction, because other writes would otherwise wait for the receiver too.
  const messages = await probeLimit.run(path.applicationId, () => sendProbeMessages(path, target, context))
  const proven = areExpected(messages)

  const revoked = await store.write(
    path,
    async (queries) => {
      const times = { settled: settledTime(), now: now() }
      const { unended, isUnchanged } = await settleProbe(queries, path, target, { ...times, proven })
      await appendEvent(queries, path, {
        type: 'receiver.probed',
        at: times.now,
        actor: caller.subject,
        reason: summarize(messages),
        requestId,
        key: target.current.key,
        endedKeys: [],
      })
      if (!proven || !body.endOverlap) return []
      if (!isUnchanged)
        throw new RekeyError('conflict', {
          message:
            "The webhook's secret, URL or signature scheme changed during the probe, so the overlap was not ended. " +
            'Probe again.',
        })
      const state = { keys: unended, scheme: toScheme(target.scheme) }
      return revokePreviousKeys(queries, path, state, times, context)
    },
    signal,
  )
  return {
    status: 200,
    body: { proven, messages, revokedKeys: revoked.map(({ fingerprint }) => fingerprint) },
  }
}
