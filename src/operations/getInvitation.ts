import { maxInvitedProbes } from '../domain/invitation.ts'
import { findApplication } from '../store/tables/applications.ts'
import { findInvitation } from '../store/tables/rotation-invitations.ts'
import { findWebhook } from '../store/tables/webhooks.ts'
import { invitationOf, unknownInvitation } from './shared/invited.ts'
import type { Operation } from './shared/operation.ts'
import { toTime, toTimeOrNull } from './shared/representations.ts'

export const getInvitation: Operation<'getInvitation'> = async (_, { store, now, caller, signal }) => {
  const owner = invitationOf(caller)
  const { applicationId, webhookId } = owner
  const { application, webhook, invitation } = await store.read(
    async (queries) => ({
      application: await findApplication(queries, applicationId),
      webhook: await findWebhook(queries, { applicationId, webhookId }, now()),
      invitation: await findInvitation(queries, owner, owner.id),
    }),
    signal,
  )
  if (!application || !webhook || !invitation) throw unknownInvitation()
  const { id, overlapSeconds, endWhenProven, expiresAt, usedAt, probes } = invitation
  return {
    status: 200,
    body: {
      id,
      applicationId,
      applicationName: application.name,
      webhookId,
      receiverOrigin: new URL(webhook.url).origin,
      signatureScheme: webhook.signature_scheme,
      overlapSeconds,
      endWhenProven,
      state: usedAt === null ? 'open' : 'used',
      expiresAt: toTime(expiresAt),
      usedAt: toTimeOrNull(usedAt),
      probesLeft: Math.max(0, maxInvitedProbes - probes),
    },
  }
}
