import { RekeyError } from '../errors.ts'
import { appendEvent } from '../store/tables/events.ts'
import { findInvitation, revokeInvitation } from '../store/tables/rotation-invitations.ts'
import { eventBy } from './shared/event-by.ts'
import type { Operation } from './shared/operation.ts'

export const revokeRotationInvitation: Operation<'revokeRotationInvitation'> = async ({ path }, context) =>
  context.store.write(
    path,
    async (queries) => {
      const settled = context.settledTime()
      const time = context.now()
      const invitation = await findInvitation(queries, path, path.invitationId)
      if (!invitation) throw new RekeyError('notFound')
      const { id, revokedAt, expiresAt } = invitation
      // By a wrong clock, the invitation could seem to have expired, and would open again.
      if (revokedAt === null && expiresAt > settled) {
        await revokeInvitation(queries, id, time)
        const event = { type: 'invitation.revoked', at: time, reason: id } as const
        await appendEvent(queries, path, eventBy(context, event))
      }
      return { status: 204, body: undefined }
    },
    context.signal,
  )
