import {
  hashInvitationToken,
  invitationState,
  minInvitedOverlapSeconds,
  newInvitationId,
  newInvitationToken,
  type Invitation,
} from '../domain/invitation.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
import { RekeyError } from '../errors.ts'
import type { Queries } from '../store/store.ts'
import { appendEvent } from '../store/tables/events.ts'
import { deleteInvitation, insertInvitation, listInvitations } from '../store/tables/rotation-invitations.ts'
import { webhookExists } from '../store/tables/webhooks.ts'
import { eventBy } from './shared/event-by.ts'
import type { Operation, OperationContext } from './shared/operation.ts'
import { rejectSecretIn } from './shared/plaintext.ts'
import { toTime } from './shared/representations.ts'

/** Maximum number of open invitations per webhook. */
const maxOpen = 20
/** Maximum number of stored invitations per webhook, in any state. */
const maxKept = 100

export const createRotationInvitation: Operation<'createRotationInvitation'> = async (
  { path, body },
  context,
) => {
  const { store, now, settledTime, caller, signal } = context
  const { expiresInSeconds, endWhenProven = false, reason = null } = body
  const { overlapSeconds = Math.max(context.overlapSeconds, minInvitedOverlapSeconds) } = body
  rejectSecretIn('body/reason', reason)
  const token = newInvitationToken()
  return store.write(
    path,
    async (queries) => {
      const settled = settledTime()
      const time = now()
      if (!(await webhookExists(queries, path))) throw new RekeyError('notFound')
      const page = invitationPage(context)
      await makeRoom(queries, path, settled)
      const invitation: Invitation = {
        id: newInvitationId(time),
        ...path,
        overlapSeconds,
        endWhenProven,
        reason,
        createdBy: caller.subject,
        createdAt: time,
        expiresAt: time + expiresInSeconds * 1_000,
        usedAt: null,
        revokedAt: null,
        probes: 0,
      }
      const { id } = invitation
      const expiresAt = toTime(invitation.expiresAt)
      await insertInvitation(queries, invitation, hashInvitationToken(token))
      const event = { type: 'invitation.created', at: time, reason: `${id} expires at ${expiresAt}` } as const
      await appendEvent(queries, path, eventBy(context, event))
      return { status: 201, body: { id, url: `${page}#${token}`, expiresAt } }
    },
    signal,
  )
}

/** @throws RekeyError `conflict` if the link would not work */
function invitationPage({ publicUrl, servesRotatePage }: OperationContext): string {
  if (publicUrl === undefined)
    throw new RekeyError('conflict', {
      message:
        'Rekey does not know its public URL, so it cannot create a link. Set REKEY_PUBLIC_URL on the server.',
    })
  if (!servesRotatePage)
    throw new RekeyError('conflict', {
      message:
        'The link would not work, because this server does not serve the page /rotate. Add rotate to REKEY_PAGES on the server.',
    })
  return `${publicUrl}/rotate`
}

/**
 * Deletes the webhook's oldest invitation that is not open, if there is no room for another.
 * @param settled a time that has certainly passed; with a wrong clock, open invitations could seem to have expired
 * @throws RekeyError `conflict` if too many invitations are open
 */
async function makeRoom(queries: Queries, owner: KeyOwner, settled: number): Promise<void> {
  const kept = await listInvitations(queries, { ...owner, after: null, limit: maxKept })
  const isOpen = (invitation: Invitation) => invitationState(invitation, settled) === 'open'
  const open = kept.filter(isOpen)
  if (open.length >= maxOpen) {
    const next = Math.min(...open.map(({ expiresAt }) => expiresAt))
    throw new RekeyError('conflict', {
      message:
        `This webhook has ${maxOpen} open invitations, the maximum. Revoke one, or wait until ${toTime(next)}, ` +
        'when the next one expires.',
    })
  }
  const oldest = kept.filter((invitation) => !isOpen(invitation)).at(-1)
  if (kept.length >= maxKept && oldest) await deleteInvitation(queries, oldest.id)
}
