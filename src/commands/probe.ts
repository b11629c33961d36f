import type { Environment } from '../config/config.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
import { executeForEach } from './shared/execute-for-each.ts'
import { readOptions, readRate } from './shared/options.ts'
import { readSelection, selectionOptions, selectionUsage } from './shared/selection.ts'

export const usage = `Usage: rekey probe (--application ID | --all) [options]

Probes the receivers of many webhooks, for example to check that they use the new secret after a rotation.

Each probe sends two harmless messages to the receiver. A receiver is proven if it accepts the one that is signed with
the current key, and refuses the one that is signed with a random key.

Prints a report as JSON: the number of proven receivers, the others by verdict, and what failed. Exits with 1 unless
every receiver is proven. Webhooks without a secret are skipped.

Options:
${selectionUsage}  --end-overlap         end the overlap of each proven receiver: revoke all keys but the current one
  --previous            also check that the receiver refuses the keys that became inactive in the last day
  --rate N              maximum number of probes per second; 0 for no limit (default: 20)
`

export async function run(environment: Environment, args: string[]): Promise<void> {
  const options = readOptions(args, {
    ...selectionOptions,
    'end-overlap': { type: 'boolean', default: false },
    previous: { type: 'boolean', default: false },
    rate: { type: 'string', default: '20' },
  })
  const selection = readSelection(options)
  const rate = readRate(options.rate)
  let proven = 0
  let revokedKeys = 0
  const notProven: Record<string, KeyOwner[]> = {}
  const body = { endOverlap: options['end-overlap'], expectPreviousRefused: options.previous }
  const outcome = await executeForEach(
    environment,
    { selection, operationId: 'probeReceiver', body, actor: 'rekey probe', rate, counted: 'probed' },
    (owner, probe) => {
      revokedKeys += probe.revokedKeys.length
      const unexpected = probe.messages.find(({ verdict, expected }) => verdict !== expected)
      if (unexpected) (notProven[`${unexpected.signedWith} ${unexpected.verdict}`] ??= []).push(owner)
      else proven += 1
    },
  )
  const { withoutSecret, failed, remaining } = outcome
  process.stdout.write(
    `${JSON.stringify({ proven, notProven, revokedKeys, withoutSecret, failed, ...(remaining > 0 && { remaining }) })}\n`,
  )
  if (remaining > 0) throw new Error(`interrupted; ${remaining} webhooks were not probed`)
  if (proven < outcome.webhooks.length)
    throw new Error('some receivers are not proven; "notProven" and "failed" list them')
}
