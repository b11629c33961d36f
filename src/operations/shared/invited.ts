import { whyInvitationIsDead, type Invitation } from '../../domain/invitation.ts'
import { RekeyError } from '../../errors.ts'
import type { Queries } from '../../store/store.ts'
import { countInvitedProbe, findInvitation, useInvitation } from '../../store/tables/rotation-invitations.ts'
import type { Caller, OperationContext } from './operation.ts'

/**
 * Returns the invitation whose token the caller sent, for an operation that accepts nothing else.
 * @throws Error if the caller sent another token, which authorization prevents
 */
export function invitationOf({ invitation }: Caller): Invitation {
  if (!invitation) throw new Error('the caller has no invitation')
  return invitation
}

/** The 401 for an invitation that was deleted after its token was checked, for example together with its webhook. */
export function unknownInvitation(): RekeyError {
  return new RekeyError('unauthorized', { message: 'The invitation is unknown' })
}

/**
 * Rejects options in a request with an invitation's token: the invitation itself determines them.
 * @throws RekeyError `badRequest` if the request has a body
 */
export function rejectBody(body: object | undefined): void {
  if (body !== undefined)
    throw new RekeyError('badRequest', {
      message:
        "body must be omitted in a request with an invitation's token; the invitation sets all options",
    })
}

/** @throws RekeyError `unauthorized` if the invitation is not open any longer */
export async function checkInvitation(queries: Queries, invitation: Invitation, now: number): Promise<void> {
  const found = await findInvitation(queries, invitation, invitation.id)
  if (!found) throw unknownInvitation()
  const fault = whyInvitationIsDead(found, now) ?? (found.usedAt === null ? null : 'The invitation was used')
  if (fault !== null) throw new RekeyError('unauthorized', { message: fault })
}

/**
 * Marks the invitation as used. Must run in the transaction of the rotation, so that only a committed rotation uses
 * the invitation.
 * @throws RekeyError `unauthorized` if the invitation is not open
 */
export async function takeInvitation(queries: Queries, invitation: Invitation, now: number): Promise<void> {
  if (!(await useInvitation(queries, invitation.id, now)))
    throw new RekeyError('unauthorized', { message: 'The invitation was used' })
}

/**
 * Counts a probe with the invitation's token. Call before probing.
 * @throws RekeyError `forbidden` if the invitation allows no more probes
 */
export async function takeInvitedProbe(
  invitation: Invitation,
  { store, now, signal }: Pick<OperationContext, 'store' | 'now' | 'signal'>,
): Promise<void> {
  const isAllowed = await store.write(
    invitation,
    (queries) => countInvitedProbe(queries, invitation.id, now()),
    signal,
  )
  if (!isAllowed) throw new RekeyError('forbidden', { message: 'The invitation allows no more probes' })
}
