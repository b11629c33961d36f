import { insertInvitation } from '../../src/store/tables/rotation-invitations.ts'
import { withDatabase } from './database.ts'
import type { WebhookPath } from './documented-body.ts'
import type { Operation } from './fuzzed-request.ts'
import { provision, type TestServer } from './server.ts'

/** An invitation with its token, which only its link contains. */
export interface TestInvitation {
  id: string
  url: string
  token: string
  expiresAt: string
}

/** Creates an invitation. */
export async function invite(
  { api }: Pick<TestServer, 'api'>,
  webhook: WebhookPath,
  body: object = {},
  by?: string,
): Promise<TestInvitation> {
  const created = await api('POST', `${webhook}/secret/invitations`, {
    body: { expiresInSeconds: 3_600, ...body },
    ...(by !== undefined && { token: by }),
  })
  if (created.status !== 201) throw new Error(`no invitation: ${created.text}`)
  const { id, url, expiresAt } = created.body
  return { id, url, expiresAt, token: new URL(url).hash.slice(1) }
}

/** Rotates with an invitation's token, without checking the response's status. */
export function rotateWith(
  { api }: Pick<TestServer, 'api'>,
  webhook: WebhookPath,
  token: string,
  key = 'one',
) {
  return api('PATCH', `${webhook}/secret`, { token, headers: { 'idempotency-key': key } })
}

/** Returns the invitation that a token belongs to, without checking the response's status. */
export function invitationOf({ api }: Pick<TestServer, 'api'>, token: string) {
  return api('GET', '/invitation', { token })
}

/** The invitation ID in requests to documented paths. */
export const knownInvitationId = 'inv_AZcLs0sAq2Vt4mB1w8Jr3Q'

/** Stores an open invitation of `hook_1` with the known ID. */
export function storeKnownInvitation({ databaseUrl }: Pick<TestServer, 'databaseUrl'>): Promise<void> {
  const invitation = {
    id: knownInvitationId,
    applicationId: 'app_1',
    webhookId: 'hook_1',
    overlapSeconds: 300,
    endWhenProven: false,
    reason: null,
    createdBy: null,
    createdAt: Date.now(),
    expiresAt: Date.now() + 604_800_000,
    usedAt: null,
    revokedAt: null,
    probes: 0,
  }
  return withDatabase(databaseUrl, (queries) => insertInvitation(queries, invitation, '0'.repeat(64)))
}

/** Whether only an invitation's token allows the operation. */
export function isForInvitations({ security = [] }: Pick<Operation, 'security'>): boolean {
  return security.every((requirement) => 'invitation' in requirement)
}

/** Returns a token with full access to the operation, where the default one of `api` has none. */
export async function credentialFor(
  operation: Pick<Operation, 'security'>,
  server: Pick<TestServer, 'api'>,
): Promise<{ token?: string }> {
  if (!isForInvitations(operation)) return {}
  return { token: (await invite(server, await provision(server))).token }
}
