import type { Environment } from '../config/config.ts'
import { withStore } from './shared/command-context.ts'
import { executeForEach } from './shared/execute-for-each.ts'
import { readOptions, readRate } from './shared/options.ts'
import { selectWebhooks } from './shared/select-webhooks.ts'
import { readSelection, selectionOptions, selectionUsage } from './shared/selection.ts'

export const usage = `Usage: rekey revoke (--application ID | --all) [options]

Ends the overlaps of many webhooks: revokes all of their keys but the current one. Receivers that still use an older
secret refuse messages from then on. To end only the overlaps of proven receivers, use \`rekey probe --end-overlap\`.

Prints a report as JSON: the number of overlaps that it ended, the number of webhooks that had none, and what failed.
Webhooks without a secret are skipped.

Options:
${selectionUsage}  --dry-run             list the webhooks whose overlap would end, without ending it
  --rate N              maximum number of webhooks per second; 0 for no limit (default: 20)
`

export async function run(environment: Environment, args: string[]): Promise<void> {
  const options = readOptions(args, {
    ...selectionOptions,
    'dry-run': { type: 'boolean', default: false },
    rate: { type: 'string', default: '20' },
  })
  const selection = readSelection(options)
  const rate = readRate(options.rate)
  if (options['dry-run']) {
    await withStore(environment, async (context) => {
      const { webhooks } = await selectWebhooks(context, selection(context.store.now()))
      const overlapping = webhooks.filter(({ liveKeys }) => liveKeys > 1)
      for (const webhook of overlapping) process.stdout.write(`${JSON.stringify(webhook)}\n`)
      process.stderr.write(`would end ${overlapping.length} overlaps\n`)
    })
    return
  }
  let ended = 0
  let withoutOverlap = 0
  const execution = {
    operationId: 'revokePreviousSecrets',
    actor: 'rekey revoke',
    counted: 'revoked',
  } as const
  // Keys that this run revoked are in the response with a time after its start; earlier ones are not counted.
  let begun = Infinity
  const outcome = await executeForEach(
    environment,
    {
      ...execution,
      rate,
      selection(now) {
        begun = now
        return selection(now)
      },
    },
    (_, { previous }) => {
      const isNew = previous.some(({ revokedAt }) => revokedAt !== null && Date.parse(revokedAt) >= begun)
      if (isNew) ended += 1
      else withoutOverlap += 1
    },
  )
  const { withoutSecret, failed, remaining } = outcome
  process.stdout.write(
    `${JSON.stringify({ ended, withoutOverlap, withoutSecret, failed, ...(remaining > 0 && { remaining }) })}\n`,
  )
  if (remaining > 0) throw new Error(`interrupted; ${remaining} webhooks remain`)
  if (failed.length > 0) throw new Error('some overlaps could not be ended; "failed" lists them')
}
