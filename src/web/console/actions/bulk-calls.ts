import type { Client } from '../../../client/client.ts'
import type { Bulk, BulkKind, BulkResult, BulkTerms, FileLine } from '../bulk.ts'
import { toOverlapInput } from '../overlap.ts'
import { mayHaveHappened } from '../problem.ts'
import type { Outcome, Probe } from '../state.ts'
import type { WebhookIds } from '../route.ts'
import { signers, verdicts } from '../verdicts.ts'

/** The result of a call: a note for the report and, after some actions, a line for the file. */
export interface Done {
  note: string
  line?: FileLine
}

/** @param keyId the webhook's current key as the user has seen it; null without one */
type Call = (
  path: WebhookIds,
  terms: BulkTerms,
  idempotencyKey: string,
  keyId: string | null,
) => Promise<Done>

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
    /** Fails if someone has rotated since, because the user does not know of that overlap. */
    async end(path, _terms, _idempotencyKey, keyId) {
      const header = keyId === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${keyId}"` }
      const { data } = await client.DELETE(`${secret}/previous`, { params: { path, header } })
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

/** Once a response is lost, a later failure does not say whether that rotation happened. */
export function toResult({ kind, results }: Bulk, webhookId: string, outcome: Outcome<Done>): BulkResult {
  if (outcome.is === 'done') return { webhookId, is: 'done', note: outcome.value.note }
  const before = results.get(webhookId)
  const wasLost = before?.is === 'failed' && before.isLost
  const isLost = kind === 'rotate' && (wasLost || mayHaveHappened(outcome.problem))
  const text = isLost ? lostResponse : outcome.problem.status === 412 ? rotatedSince : outcome.problem.text
  const problem = { ...outcome.problem, text }
  return { webhookId, is: 'failed', problem, isLost }
}

const lostResponse = 'A response was lost, so the rotation may have happened.'

const rotatedSince =
  "The secret was rotated after this page had read the list, so the overlap was not ended. Check the webhook's keys, then select it again."
