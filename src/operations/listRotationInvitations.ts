import type { components } from '../../generated/types.ts'
import { invitationState, type Invitation } from '../domain/invitation.ts'
import { RekeyError } from '../errors.ts'
import { listInvitations } from '../store/tables/rotation-invitations.ts'
import { webhookExists } from '../store/tables/webhooks.ts'
import type { Operation } from './shared/operation.ts'
import { readPageQuery, toPage } from './shared/pagination.ts'
import { toTime, toTimeOrNull } from './shared/representations.ts'

export const listRotationInvitations: Operation<'listRotationInvitations'> = async (
  { path, query },
  { store, now, signal },
) => {
  const { limit, after } = readPageQuery(query)
  const place = after === null ? null : readPlace(after)
  const invitations = await store.read(async (queries) => {
    if (!(await webhookExists(queries, path))) throw new RekeyError('notFound')
    return listInvitations(queries, { ...path, after: place, limit: limit + 1 })
  }, signal)
  const time = now()
  return {
    status: 200,
    body: toPage(
      invitations,
      limit,
      ({ createdAt, id }) => `${createdAt}.${id}`,
      (invitation) => toView(invitation, time),
    ),
  }
}

function readPlace(text: string): Pick<Invitation, 'createdAt' | 'id'> {
  const [, createdAt, id] = /^(\d{1,15})\.(inv_[\w-]{22})$/.exec(text) ?? []
  if (createdAt === undefined || id === undefined)
    throw new RekeyError('badRequest', {
      message: 'query/cursor must be a nextCursor value that this list returned',
    })
  return { createdAt: Number(createdAt), id }
}

function toView(invitation: Invitation, now: number): components['schemas']['RotationInvitation'] {
  return {
    id: invitation.id,
    state: invitationState(invitation, now),
    overlapSeconds: invitation.overlapSeconds,
    endWhenProven: invitation.endWhenProven,
    reason: invitation.reason,
    createdAt: toTime(invitation.createdAt),
    createdBy: invitation.createdBy,
    expiresAt: toTime(invitation.expiresAt),
    usedAt: toTimeOrNull(invitation.usedAt),
    revokedAt: toTimeOrNull(invitation.revokedAt),
  }
}
