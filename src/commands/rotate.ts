import { inviteAll } from './rotate/invite-all.ts'
import {
  execNeedsOverlap,
  provenNeedsOverlap,
  readRotateOptions,
  type RotateOptions,
} from './rotate/read-rotate-options.ts'
import { rotateAll, type Report } from './rotate/rotate-all.ts'
import type { Policy } from './rotate/policy.ts'
import { createSecretsFile, resumeSecretsFile, type SecretsFile } from './rotate/secrets-file.ts'
import { selectWebhooks, type Selected } from './shared/select-webhooks.ts'
import { untilInterrupted } from './shared/interruption.ts'
import { UsageError } from './shared/options.ts'
import { selectionUsage } from './shared/selection.ts'
import { withStore, type CommandContext } from './shared/command-context.ts'
import type { Environment } from '../config/config.ts'
import { checkEncryptionKeys } from '../core/encryption-key-check.ts'

export const usage = `Usage: rekey rotate (--application ID | --all) [options]
       rekey rotate --invite (--application ID | --all) [options]
       rekey rotate [--invite] --resume FILE

Rotates the secrets of many webhooks, for example after a leak.

Each new secret is appended to a JSON Lines file that only you can read, and is never printed.
Webhooks without a secret are skipped and listed in the output. If a named application or webhook does not
exist, nothing is rotated.

The first line of the file has the options of the run, so --resume needs no others. Each further line has
applicationId, webhookId, keyId, keyFingerprint, signingSecret and rotatedAt. rotatedAt is the time at which the
line was written, just before the commit. If --resume completed the rotation, the key was created later.
Of a webhook with the scheme ed25519, signingSecret is the public key. If it has two lines, the last one counts.

With --invite, rotates nothing. Creates a link for each webhook instead, with which someone else rotates the secret and
gets it. The links are written to a file that only you can read, with applicationId, webhookId, invitationId, url and
expiresAt. They begin with REKEY_PUBLIC_URL, which should be that of the server.

Options:
${selectionUsage}  --overlap DURATION    how long the old key stays live, for example 1h or 2d; 0 revokes all older keys
                        (default: REKEY_OVERLAP_SECONDS)
  --end-when-proven     end each overlap once the receiver is proven: the running server probes it until then
  --reason TEXT         stored with the keys and in the audit trail (default: none)
  --invite              write a link to each webhook's rotation instead of its new secret
  --expires-in TIME     how long the links work, from 5m to 7d (default: 7d)
  --exec COMMAND        pass each new secret to a command on its standard input, once the rotation is committed,
                        instead of writing it to the file. The command gets APPLICATION_ID, WEBHOOK_ID and
                        KEY_ID as variables. Spaces separate its arguments. If it fails, --resume runs it again
  --shell               run COMMAND with \`sh -c\`
  --exec-timeout TIME   time limit for COMMAND (default: 30s)
  --rate N              maximum number of rotations per second; 0 for no limit (default: 20)
  --output FILE         file to create (default: rekey-secrets-<time>.jsonl, rekey-invitations-<time>.jsonl)
  --resume FILE         continue an interrupted run with the options in its file; only --rate may be changed
  --dry-run             list the webhooks that would be rotated, without rotating them
`

export async function run(environment: Environment, args: string[]): Promise<void> {
  const options = readRotateOptions(args)
  if (options.invite && !options.dryRun) return inviteAll(environment, options.invite, options)
  await withStore(environment, async (workplace) => {
    const { store, keyring, deadline } = workplace
    await checkEncryptionKeys(store, keyring, deadline())
    if (options.resume !== undefined) return resume(workplace, options.resume, options, environment)
    const policy = options.policy(store.now(), workplace.config.overlapSeconds)
    if (policy.overlapSeconds === 0 && (policy.exec || policy.endWhenProven)) {
      const why = policy.exec ? execNeedsOverlap : provenNeedsOverlap
      throw new UsageError(`${why}. REKEY_OVERLAP_SECONDS is 0, so add --overlap`)
    }
    // Select the webhooks before creating the file, so that an unknown ID leaves no empty file behind.
    const selected = await selectWebhooks(workplace, policy)
    if (options.dryRun) {
      list(selected, options.invite ? 'invite for' : 'rotate')
      return
    }
    const file = options.output ?? `rekey-secrets-${new Date().toISOString().replaceAll(':', '-')}.jsonl`
    await rotate(workplace, file, createSecretsFile(file, policy), policy, selected, environment)
  })
}

async function resume(
  workplace: CommandContext,
  file: string,
  options: RotateOptions,
  environment: Environment,
): Promise<void> {
  const secrets = resumeSecretsFile(file)
  const { policyOptions, rate } = options
  if (secrets.policy && policyOptions.length > 0)
    throw new UsageError(`--resume continues with the options in ${file}; remove ${policyOptions.join(', ')}`)
  if (!secrets.policy && policyOptions.length === 0)
    throw new UsageError(
      `${file} does not contain the options of its run, because version 0.1.0 wrote it; repeat them after --resume`,
    )
  const policy = secrets.policy ?? options.policy(workplace.store.now(), workplace.config.overlapSeconds)
  const selected = await selectWebhooks(workplace, policy)
  const changed = { ...policy, ...(rate !== undefined && { rate }) }
  await rotate(workplace, file, secrets, changed, selected, environment)
}

function list({ webhooks, withoutSecret }: Selected, verb: string): void {
  for (const webhook of webhooks) process.stdout.write(`${JSON.stringify(webhook)}\n`)
  for (const { applicationId, webhookId } of withoutSecret)
    process.stderr.write(`skipped, no secret yet: webhook ${webhookId} in application ${applicationId}\n`)
  process.stderr.write(`would ${verb} ${webhooks.length}, would skip ${withoutSecret.length}\n`)
}

async function rotate(
  workplace: CommandContext,
  file: string,
  secrets: SecretsFile,
  policy: Policy,
  selected: Selected,
  environment: Environment,
): Promise<void> {
  // Print the path first: an interrupted run must still reveal where live secrets are.
  process.stderr.write(`writing ${policy.exec ? 'progress' : 'secrets'} to ${file}\n`)
  let report: Report
  try {
    report = await untilInterrupted((interrupted) =>
      rotateAll(workplace, selected, secrets, policy, { environment, interrupted }),
    )
  } finally {
    secrets.close()
  }
  const { rotated, already, remaining, failed } = report
  const { withoutSecret } = selected
  process.stdout.write(
    `${JSON.stringify({ file, rotated, already, withoutSecret, failed, ...(remaining > 0 && { remaining }) })}\n`,
  )
  const again = `rekey rotate --resume ${file}`
  if (remaining > 0) throw new Error(`interrupted; ${remaining} webhooks remain. Continue with: ${again}`)
  if (failed.length > 0)
    throw new Error(`some webhooks could not be rotated; "failed" lists them. Try them again with: ${again}`)
}
