import { rotateAndDeliver } from './rotate-and-deliver.ts'
import { rotateWebhook } from './rotate-webhook.ts'
import type { Policy } from './policy.ts'
import type { SecretsFile } from './secrets-file.ts'
import type { Selected } from '../shared/select-webhooks.ts'
import type { CommandContext } from '../shared/command-context.ts'
import { openClock } from '../shared/open-clock.ts'
import { createProgress } from '../shared/progress.ts'
import { runAll } from '../shared/run-all.ts'
import type { Environment } from '../../config/config.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'

/** Maximum number of rotations in progress: as many as share a commit on SQLite. */
const maxRotations = 128
/** Maximum number of commands that run at the same time. */
const maxCommands = 8

/** The result of a run. */
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
 * @param options `interrupted` stops the run: no further rotation starts. The command inherits `environment`
 */
export async function rotateAll(
  workplace: CommandContext,
  { webhooks: selected }: Selected,
  secrets: SecretsFile,
  { overlapSeconds, endWhenProven, reason, rate, exec }: Policy,
  { environment, interrupted }: { environment: Environment; interrupted: AbortSignal },
): Promise<Report> {
  const owners = [...secrets.owners(), ...selected]
  const webhooks = new Map(owners.map((owner) => [`${owner.applicationId}/${owner.webhookId}`, owner]))
  const clock = await openClock(workplace)
  const progress = createProgress('rotated')
  const report: Report = { rotated: 0, already: 0, remaining: webhooks.size, failed: [] }
  const concurrency = exec ? maxCommands : maxRotations
  const how = { overlapSeconds, endWhenProven, reason, secrets, settledTime: () => clock.read() }
  try {
    await runAll(
      webhooks.values(),
      { rate, concurrency, signal: interrupted },
      async ({ applicationId, webhookId }) => {
        const owner = { applicationId, webhookId }
        let rotated = false
        try {
          rotated = exec
            ? await rotateAndDeliver(workplace, owner, how, { command: exec, environment })
            : await rotateWebhook(workplace, owner, how)
          report[rotated ? 'rotated' : 'already'] += 1
        } catch (error) {
          report.failed.push({ ...owner, message: error instanceof Error ? error.message : String(error) })
        }
        report.remaining -= 1
        progress.show(webhooks.size - report.remaining, webhooks.size)
        return rotated
      },
    )
  } finally {
    progress.end()
  }
  return report
}
