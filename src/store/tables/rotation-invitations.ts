import type { Selectable } from 'kysely'
import { maxInvitedProbes, type Invitation } from '../../domain/invitation.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import type { RotationInvitationRow } from '../schema.ts'
import type { Queries } from '../store.ts'

/** Named individually, like the columns of keys, because a newer version may add one while this version runs. */
const columns = [
  'id',
  'application_id',
  'webhook_id',
  'overlap_seconds',
  'end_when_proven',
  'reason',
  'created_by',
  'created_at',
  'expires_at',
  'used_at',
  'revoked_at',
  'probes',
] as const

/** Finds an invitation by the SHA-256 of its token, in any state. */
export async function findInvitationByToken(
  queries: Queries,
  tokenSha256: string,
): Promise<Invitation | undefined> {
  const row = await select(queries).where('token_sha256', '=', tokenSha256).executeTakeFirst()
  return row && toInvitation(row)
}

/** Finds one of a webhook's invitations, in any state. */
export async function findInvitation(
  queries: Queries,
  owner: KeyOwner,
  id: string,
): Promise<Invitation | undefined> {
  const row = await ofWebhook(queries, owner).where('id', '=', id).executeTakeFirst()
  return row && toInvitation(row)
}

export interface ListInvitations extends KeyOwner {
  /** Lists only invitations older than this one; null starts at the newest. */
  after: Pick<Invitation, 'createdAt' | 'id'> | null
  limit: number
}

/** Lists a webhook's invitations, newest first. */
export async function listInvitations(
  queries: Queries,
  { after, limit, ...owner }: ListInvitations,
): Promise<Invitation[]> {
  let query = ofWebhook(queries, owner).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
  if (after) {
    query = query.where((row) =>
      row(row.refTuple('created_at', 'id'), '<', row.tuple(after.createdAt, after.id)),
    )
  }
  return (await query.execute()).map(toInvitation)
}

export async function insertInvitation(
  queries: Queries,
  invitation: Invitation,
  tokenSha256: string,
): Promise<void> {
  await queries
    .insertInto('rotation_invitations')
    .values({
      id: invitation.id,
      application_id: invitation.applicationId,
      webhook_id: invitation.webhookId,
      token_sha256: tokenSha256,
      overlap_seconds: invitation.overlapSeconds,
      end_when_proven: invitation.endWhenProven ? 1 : 0,
      reason: invitation.reason,
      created_by: invitation.createdBy,
      created_at: invitation.createdAt,
      expires_at: invitation.expiresAt,
      used_at: invitation.usedAt,
      revoked_at: invitation.revokedAt,
      probes: invitation.probes,
    })
    .execute()
}

/**
 * Marks an open invitation as used. Must run in the transaction of the rotation.
 * @returns whether it was open
 */
export async function useInvitation(queries: Queries, id: string, now: number): Promise<boolean> {
  return changeOne(
    queries
      .updateTable('rotation_invitations')
      .set({ used_at: now })
      .where('id', '=', id)
      .where('used_at', 'is', null)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst(),
  )
}

/**
 * Counts a probe with a used invitation.
 * @returns whether the invitation still allowed one
 */
export async function countInvitedProbe(queries: Queries, id: string, now: number): Promise<boolean> {
  return changeOne(
    queries
      .updateTable('rotation_invitations')
      .set((row) => ({ probes: row('probes', '+', 1) }))
      .where('id', '=', id)
      .where('used_at', 'is not', null)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .where('probes', '<', maxInvitedProbes)
      .executeTakeFirst(),
  )
}

export async function revokeInvitation(queries: Queries, id: string, now: number): Promise<void> {
  await queries.updateTable('rotation_invitations').set({ revoked_at: now }).where('id', '=', id).execute()
}

export async function deleteInvitation(queries: Queries, id: string): Promise<void> {
  await queries.deleteFrom('rotation_invitations').where('id', '=', id).execute()
}

/**
 * Deletes up to `limit` invitations that expired at `before` or earlier.
 * @returns the number of deleted invitations
 */
export async function deleteExpiredInvitations(
  queries: Queries,
  before: number,
  limit: number,
): Promise<number> {
  const { numDeletedRows } = await queries
    .deleteFrom('rotation_invitations')
    .where('id', 'in', (row) =>
      row.selectFrom('rotation_invitations').select('id').where('expires_at', '<=', before).limit(limit),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

async function changeOne(update: Promise<{ numUpdatedRows: bigint }>): Promise<boolean> {
  return (await update).numUpdatedRows > 0n
}

function select(queries: Queries) {
  return queries.selectFrom('rotation_invitations').select(columns)
}

function ofWebhook(queries: Queries, { applicationId, webhookId }: KeyOwner) {
  return select(queries).where('application_id', '=', applicationId).where('webhook_id', '=', webhookId)
}

function toInvitation(row: Pick<Selectable<RotationInvitationRow>, (typeof columns)[number]>): Invitation {
  return {
    id: row.id,
    applicationId: row.application_id,
    webhookId: row.webhook_id,
    overlapSeconds: row.overlap_seconds,
    endWhenProven: row.end_when_proven === 1,
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    revokedAt: row.revoked_at,
    probes: row.probes,
  }
}
