import { describeChange } from '../domain/schemes/choose-scheme.ts'
import { toScheme } from '../domain/schemes/schemes.ts'
import { keptAfterEndMs } from '../domain/signing-key.ts'
import { RekeyError } from '../errors.ts'
import { appendEvent } from '../store/tables/events.ts'
import { findSealedKey } from '../store/tables/sealed-keys.ts'
import { listUnendedKeys, markProven } from '../store/tables/signing-keys.ts'
import { findWebhook, toSchemeChoice } from '../store/tables/webhooks.ts'
import { revokePreviousKeys } from './shared/revoke-previous-keys.ts'
import { listInactiveKeys } from './shared/inactive-keys.ts'
import { unsealKeys } from './shared/unseal-keys.ts'
import type { Operation } from './shared/operation.ts'
import { sendProbeMessages, type ProbeMessage } from './shared/probe-messages.ts'

/** Maximum number of previous keys that a probe tests. */
const maxPrevious = 10

export const probeReceiver: Operation<'probeReceiver'> = async ({ path, body = {} }, context) => {
  const { store, now, settledTime, caller, requestId, probeLimit, signal } = context
  const time = now()
  const probed = await store.read((queries) => findWebhook(queries, path, time), signal)
  if (!probed) throw new RekeyError('notFound')
  const { keys } = await unsealKeys(path, time - keptAfterEndMs, context)
  const [current, ...others] = keys
  const scheme = toSchemeChoice(probed)
  const previous = body.expectPreviousRefused
    ? listInactiveKeys(current, others, time).slice(0, maxPrevious)
    : null

  // Outside any transaction, because other writes would otherwise wait for the receiver too.
  const messages = await probeLimit.run(path.applicationId, () =>
    sendProbeMessages(path, probed.url, { scheme: toScheme(scheme), current, previous }, context),
  )
  const proven = messages.every(({ verdict, expected }) => verdict === expected)

  const revoked = await store.write(
    path,
    async (queries) => {
      const settled = settledTime()
      const at = now()
      const webhook = await findWebhook(queries, path, at)
      // If the webhook was deleted and recreated under the same ID, the probed key no longer exists.
      if (!webhook || !(await findSealedKey(queries, current.key.id))) throw new RekeyError('notFound')
      await appendEvent(queries, path, {
        type: 'receiver.probed',
        at,
        actor: caller.subject,
        reason: reasonFor(proven, messages),
        requestId,
        key: current.key,
        endedKeys: [],
      })
      if (!proven) return []
      const isSameReceiver =
        webhook.url === probed.url && describeChange(scheme, toSchemeChoice(webhook)) === null
      if (isSameReceiver) await markProven(queries, current.key.id, at)
      if (!body.endOverlap) return []
      const unended = await listUnendedKeys(queries, path, settled)
      if (!isSameReceiver || unended[0]?.id !== current.key.id) {
        throw new RekeyError('conflict', {
          message:
            "The webhook's secret, URL or signature scheme changed during the probe, so the overlap was not ended. " +
            'Probe again.',
        })
      }
      return revokePreviousKeys(
        queries,
        path,
        { keys: unended, scheme: toScheme(scheme) },
        { now: at, settled },
        context,
      )
    },
    signal,
  )
  return {
    status: 200,
    body: { proven, messages, revokedKeys: revoked.map(({ fingerprint }) => fingerprint) },
  }
}

/**
 * Summarizes the probe for the audit trail. If an address was refused, names the environment variable that can allow
 * it.
 */
function reasonFor(proven: boolean, messages: readonly ProbeMessage[]): string {
  const verdicts = messages.map(({ signedWith, verdict }) => `${signedWith} ${verdict}`).join(', ')
  const isRefused = messages.some(({ verdict }) => verdict === 'url_refused')
  return `${proven ? 'proven' : 'not proven'}: ${verdicts}${isRefused ? '; see REKEY_PROBE_ALLOW' : ''}`
}
