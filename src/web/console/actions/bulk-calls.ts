import type { Client } from '../../../client/client.ts'
import type { BulkKind, BulkTerms, FileLine } from '../bulk.ts'
import { toOverlapInput } from '../overlap.ts'
import type { Probe } from '../state.ts'
import type { WebhookIds } from '../route.ts'
import { signers, verdicts } from '../verdicts.ts'

/** The result of a call: a note for the report and, after some actions, a line for the file. */
export interface Done {
  note: string
  line?: FileLine
}

type Call = (path: WebhookIds, terms: BulkTerms, idempotencyKey: string) => Promise<Done>

const secret = '/applications/{applicationId}/webhooks/{webhookId}/secret'

/** Creates the function that acts on one webhook, for each kind of bulk action. */
export function createBulkCalls(client: Client): Record<BulkKind, Call> {
  return {
    async rotate(path, { overlap, reason }, idempotencyKey) {
      const params = { path, header: { 'Idempotency-Key': idempotencyKey } }
      const body = { ...toOverlapInput(overlap), ...(reason !== '' && { reason }) }
      const { data, response } = await client.PATCH(secret, { params, body })
      // A proxy that compresses the response makes its ETag weak.
      const keyId = (response.headers.get('etag') ?? '').replace(/^W\/|"/g, '')
      return { note: 'Rotated', line: { ...path, keyId, ...data, rotatedAt: new Date().toISOString() } }
    },
    async invite(path, { overlap, expiresInSeconds, reason }) {
      const body = { expiresInSeconds, ...toOverlapInput(overlap), ...(reason !== '' && { reason }) }
      const {
        id: invitationId,
        url,
        expiresAt,
      } = (await client.POST(`${secret}/invitations`, { params: { path }, body })).data
      return { note: 'Invited', line: { ...path, invitationId, url, expiresAt } }
    },
    async probe(path, { endOverlap }) {
      const { data } = await client.POST('/applications/{applicationId}/webhooks/{webhookId}/probes', {
        params: { path },
        body: { endOverlap },
      })
      return { note: toNote(data) }
    },
    async end(path) {
      const { data } = await client.DELETE(`${secret}/previous`, { params: { path } })
      return { note: data.current === null ? 'Has no current key' : 'Only the current key signs' }
    },
  }
}

function toNote({ proven, messages, revokedKeys }: Probe): string {
  if (proven) return revokedKeys.length > 0 ? 'Proven, and the overlap was ended' : 'Proven'
  const unexpected = messages.find(({ verdict, expected }) => verdict !== expected)
  if (!unexpected) return 'Not proven'
  return `Not proven. Signed with ${signers[unexpected.signedWith]}: ${verdicts[unexpected.verdict]}`
}
