import type { Core, Invitation } from '../../core/core.ts'
import type { AuthenticatedCaller } from './caller.ts'
import { insufficientScope, invalidToken } from './challenge.ts'
import type { TakeTurn } from './verify-token.ts'

/**
 * Reads the token of an invitation from an Authorization header.
 * @returns undefined if the header has none; a JWT cannot begin like one
 */
export function readInvitationToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(rki_.*)$/i.exec(authorization ?? '')?.[1]
}

/**
 * Finds the invitation that a token belongs to.
 * @param takeTurn limits how many tokens from addresses with too many failures are looked up at the same time
 * @throws RekeyError `unauthorized` if the token is malformed, or its invitation is unknown, revoked or expired;
 * `serviceUnavailable` if the database cannot be reached
 */
export async function authenticateInvitation(
  token: string,
  core: Pick<Core, 'findInvitation'>,
  signal: AbortSignal,
  takeTurn: TakeTurn | undefined,
): Promise<AuthenticatedCaller> {
  if (!/^rki_[\w-]{43}$/.test(token)) throw invalidToken('The invitation is unknown')
  const endTurn = await takeTurn?.()
  try {
    const { invitation, actor, fault } = await core.findInvitation(token, signal)
    if (fault !== null) throw invalidToken(fault)
    // No JWT's caller has an identity like this; see identityOf.
    const identity = `invitation ${invitation.id}`
    return { subject: actor, identity, expiresAt: invitation.expiresAt, rights: new Map(), invitation }
  } finally {
    endTurn?.()
  }
}

/**
 * Checks that an invitation allows an operation.
 * @param isForInvitations whether the operation is one that invitations allow at all
 * @param params the parameters in the request's path; not validated yet
 * @throws RekeyError `forbidden` if it does not
 */
export function authorizeInvitation(
  invitation: Invitation,
  operationId: string,
  isForInvitations: boolean,
  { applicationId, webhookId }: Record<string, string>,
): void {
  if (!isForInvitations) throw insufficientScope('An invitation does not allow this operation')
  if (applicationId === undefined) return
  if (applicationId !== invitation.applicationId || webhookId !== invitation.webhookId)
    throw insufficientScope('The invitation is for another webhook')
  if (operationId === 'probeReceiver' && invitation.usedAt === null)
    throw insufficientScope('The invitation allows probes only once it was used')
}
