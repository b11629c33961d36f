import { rotateWebhook } from './rotate-webhook.ts'
import type { Policy } from './policy.ts'
import type { SecretsFile } from './secrets-file.ts'
import type { Selected } from './select-webhooks.ts'
import type { CommandContext } from '../shared/command-context.ts'
import { createProgress } from '../shared/progress.ts'
import { runAll } from '../shared/run-all.ts'
import { SettledClock } from '../../core/settled-clock.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'

/** What a run did. */
export interface Report {
  /** Number of webhooks that this run rotated. */
  rotated: number
  /** Number of webhooks that an earlier run with the same file had rotated. */
  already: number
  /** Number of webhooks left, because the run was interrupted. */
  remaining: number
  failed: (KeyOwner & { message: string })[]
}

/**
 * Rotates the selected webhooks, and those in the file: after an interrupted run, their new keys may be too new for the
 * selection. A webhook that cannot be rotated does not stop the others.
 * @param interrupted when this aborts, no further rotation starts
 */
export async function rotateAll(
  workplace: CommandContext,
  { webhooks: selected }: Selected,
  secrets: SecretsFile,
  { overlapSeconds, reason, rate }: Policy,
  interrupted: AbortSignal,
): Promise<Report> {
  const owners = [...secrets.owners(), ...selected]
  const webhooks = new Map(owners.map((owner) => [`${owner.applicationId}/${owner.webhookId}`, owner]))
  const clock = await openClock(workplace)
  const progress = createProgress('rotated')
  const report: Report = { rotated: 0, already: 0, remaining: webhooks.size, failed: [] }
  const how = { overlapSeconds, reason, secrets, settledTime: () => clock.read() }
  try {
    await runAll(webhooks.values(), { rate, signal: interrupted }, async ({ applicationId, webhookId }) => {
      const owner = { applicationId, webhookId }
      let rotated = false
      try {
        rotated = await rotateWebhook(workplace, owner, how)
        report[rotated ? 'rotated' : 'already'] += 1
      } catch (error) {
        report.failed.push({ ...owner, message: error instanceof Error ? error.message : String(error) })
      }
      report.remaining -= 1
      progress.show(webhooks.size - report.remaining, webhooks.size)
      return rotated
    })
  } finally {
    progress.end()
  }
  return report
}

function openClock({ store }: CommandContext): Promise<SettledClock> {
  const warn = (_: object, text: string) => process.stderr.write(`${text}\n`)
  return SettledClock.open(store, { now: store.now, uptime: () => performance.now(), logger: { warn } })
}
