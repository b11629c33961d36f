import { toScheme } from '../domain/schemes/schemes.ts'
import { RekeyError } from '../errors.ts'
import { appendEvent } from '../store/tables/events.ts'
import { eventBy } from './shared/event-by.ts'
import { rejectBody, takeInvitedProbe } from './shared/invited.ts'
import type { Operation } from './shared/operation.ts'
import { sendProbeMessages, summarize } from './shared/probe-messages.ts'
import { readProbeTarget } from './shared/probe-target.ts'
import { revokePreviousKeys } from './shared/revoke-previous-keys.ts'
import { settleProbe } from './shared/settle-probe.ts'

export const probeReceiver: Operation<'probeReceiver'> = async ({ path, body }, context) => {
  const { store, now, settledTime, caller, probeLimit, signal } = context
  const { invitation } = caller
  if (invitation) rejectBody(body)
  const target = await readProbeTarget(path, body ?? {}, context)
  // Outside any transaction, because other writes would otherwise wait for the receiver too.
  const messages = await probeLimit.run(path.applicationId, async () => {
    if (invitation) await takeInvitedProbe(invitation, context)
    return sendProbeMessages(path, target, context)
  })

  const { proven, revoked } = await store.write(
    path,
    async (queries) => {
      const times = { settled: settledTime(), now: now() }
      const probe = { target, messages }
      const { proven, unended, isUnchanged } = await settleProbe(queries, path, probe, times)
      const { key } = target.current
      const event = { type: 'receiver.probed', at: times.now, reason: summarize(messages), key } as const
      await appendEvent(queries, path, eventBy(context, event))
      if (!proven || !body?.endOverlap) return { proven, revoked: [] }
      if (!isUnchanged)
        throw new RekeyError('conflict', {
          message:
            "The webhook's secret, URL or signature scheme changed during the probe, so the overlap was not ended. " +
            'Probe again.',
        })
      const state = { keys: unended, scheme: toScheme(target.scheme) }
      return { proven, revoked: await revokePreviousKeys(queries, path, state, times, context) }
    },
    signal,
  )
  return {
    status: 200,
    body: { proven, messages, revokedKeys: revoked.map(({ fingerprint }) => fingerprint) },
  }
}
