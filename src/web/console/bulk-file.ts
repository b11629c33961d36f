import type { Bulk } from './bulk.ts'
import { toOverlapInput } from './overlap.ts'

/**
 * Returns the file with the secrets or links, in JSON Lines. Its first line has the options of the run, so that
 * `rekey rotate --resume` can continue with it.
 */
export function fileOf({ kind, applicationId, webhookIds, terms, lines }: Bulk): {
  name: string
  text: string
} {
  const { overlap, expiresInSeconds, reason } = terms
  const selection = { applications: [applicationId], webhooks: webhookIds, createdBefore: null }
  const { overlapSeconds, endWhenProven } = toOverlapInput(overlap)
  const first =
    kind === 'invite'
      ? {
          invite: {
            selection,
            terms: { expiresInSeconds, overlapSeconds, endWhenProven, ...(reason !== '' && { reason }) },
          },
        }
      : { run: { ...selection, overlapSeconds, endWhenProven, reason: reason || null, exec: null, rate: 20 } }
  const time = new Date().toISOString().replaceAll(':', '-')
  return {
    name: `rekey-${kind === 'invite' ? 'invitations' : 'secrets'}-${time}.jsonl`,
    text: [first, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''),
  }
}
