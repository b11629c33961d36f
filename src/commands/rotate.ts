import { setTimeout as delay } from 'node:timers/promises'
import { readDuration, readOptions, readWholeNumber, UsageError } from './shared/options.ts'
import { createProgress } from './shared/progress.ts'
import { rotateWebhook } from './rotate/rotate-webhook.ts'
import { openSecretsFile } from './rotate/secrets-file.ts'
import { selectWebhooks, type Selection } from './rotate/select-webhooks.ts'
import { withStore, type CommandContext } from './shared/command-context.ts'
import type { Environment } from '../config/config.ts'
import { checkEncryptionKeys } from '../core/encryption-key-check.ts'
import { SettledClock } from '../core/settled-clock.ts'
import { holdsSigningSecret } from '../domain/signing-secret.ts'

export const usage = `Usage: rekey rotate (--application ID | --all) [options]

Rotates the secrets of many webhooks, for example after a leak.

Each new secret is appended to a JSON Lines file that only you can read, and is never printed.
Webhooks without a secret are skipped and listed in the output. If a named application or webhook does not
exist, nothing is rotated.

Each line of the file has applicationId, webhookId, keyId, keyFingerprint, signingSecret and rotatedAt.
rotatedAt is the time at which the line was written, just before the commit. If --resume completed the
rotation, the key was created later.

Options:
  --application ID      webhooks of this application; repeatable
  --all                 webhooks of every application
  --webhook ID          only this webhook; repeatable; requires exactly one --application
  --older-than AGE      only if the current key is older, for example 90d, 12h or 30m (default: any age)
  --overlap SECONDS     how long the old key stays live; 0 revokes all older keys
                        (default: REKEY_OVERLAP_SECONDS)
  --reason TEXT         stored with the keys and in the audit trail (default: none)
  --rate N              maximum number of rotations per second (default: 20)
  --output FILE         file to create (default: rekey-secrets-<time>.jsonl)
  --resume FILE         continue an interrupted run with its file
  --dry-run             list the webhooks that would be rotated, without rotating them
`

export async function run(environment: Environment, args: string[]): Promise<void> {
  const options = readOptions(args, {
    application: { type: 'string', multiple: true, default: [] },
    all: { type: 'boolean', default: false },
    webhook: { type: 'string', multiple: true },
    'older-than': { type: 'string' },
    overlap: { type: 'string' },
    reason: { type: 'string' },
    rate: { type: 'string', default: '20' },
    output: { type: 'string' },
    resume: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  })
  if (options.all === options.application.length > 0)
    throw new UsageError('pass either --application or --all')
  if (options.webhook && options.application.length !== 1)
    throw new UsageError('--webhook requires exactly one --application')
  if (options.output !== undefined && options.resume !== undefined) {
    throw new UsageError('--output and --resume are mutually exclusive')
  }
  if (options['dry-run'] && (options.output ?? options.resume) !== undefined)
    throw new UsageError('--dry-run writes no secrets: remove --output or --resume')
  if (options.reason !== undefined && (options.reason === '' || options.reason.length > 500)) {
    throw new UsageError('--reason must have 1 to 500 characters')
  }
  if (holdsSigningSecret(options.reason ?? ''))
    throw new UsageError('--reason must not contain a signing secret; it is stored in plaintext')
  const rate = readWholeNumber('--rate', options.rate, 1, 1_000)
  const overlapSeconds =
    options.overlap === undefined ? undefined : readWholeNumber('--overlap', options.overlap, 0, 604_800)
  const olderThan = options['older-than']
  const minimumAge = olderThan === undefined ? null : readDuration('--older-than', olderThan)

  await withStore(environment, async (workplace) => {
    const { store, keyring, deadline } = workplace
    await store.migrate()
    await checkEncryptionKeys(store, keyring, deadline())
    const selection: Selection = {
      applicationIds: options.all ? '*' : options.application,
      webhookIds: options.webhook ?? '*',
      createdBefore: minimumAge === null ? null : store.now() - minimumAge,
    }
    if (options['dry-run']) return dryRun(workplace, selection)
    const file = options.resume ?? options.output ?? defaultFile()
    return rotateAll(workplace, selection, {
      file,
      resume: options.resume !== undefined,
      overlapSeconds: overlapSeconds ?? workplace.config.overlapSeconds,
      reason: options.reason ?? null,
      pauseMs: 1_000 / rate,
    })
  })
}

function defaultFile(): string {
  return `rekey-secrets-${new Date().toISOString().replaceAll(':', '-')}.jsonl`
}

async function dryRun(workplace: CommandContext, selection: Selection): Promise<void> {
  const { webhooks, withoutSecret } = await selectWebhooks(workplace, selection)
  for (const webhook of webhooks) process.stdout.write(`${JSON.stringify(webhook)}\n`)
  for (const { applicationId, webhookId } of withoutSecret)
    process.stderr.write(`skipped, no secret yet: webhook ${webhookId} in application ${applicationId}\n`)
}

function openClock({ store }: CommandContext): Promise<SettledClock> {
  const warn = (_: object, text: string) => process.stderr.write(`${text}\n`)
  return SettledClock.open(store, { now: store.now, uptime: () => performance.now(), logger: { warn } })
}

interface Run {
  file: string
  resume: boolean
  overlapSeconds: number
  reason: string | null
  pauseMs: number
}

async function rotateAll(
  workplace: CommandContext,
  selection: Selection,
  { file, resume, pauseMs, ...how }: Run,
) {
  // Select the webhooks before creating the file, so that an unknown ID leaves no empty file behind.
  const found = await selectWebhooks(workplace, selection)
  const clock = await openClock(workplace)
  const secrets = openSecretsFile(file, resume)
  // Print the path first: an interrupted run must still reveal where live secrets are.
  process.stderr.write(`writing secrets to ${file}\n`)
  const progress = createProgress('rotated')
  const failed: { applicationId: string; webhookId: string; message: string }[] = []
  let rotated = 0
  let already = 0
  try {
    // Add the webhooks from the file: after an interrupted run, their new keys may be too new for --older-than.
    const selected = [...secrets.owners(), ...found.webhooks]
    const webhooks = new Map(
      selected.map((webhook) => [`${webhook.applicationId}/${webhook.webhookId}`, webhook]),
    )
    for (const { applicationId, webhookId } of webhooks.values()) {
      const owner = { applicationId, webhookId }
      try {
        if (await rotateWebhook(workplace, owner, { ...how, secrets, settledTime: () => clock.read() })) {
          rotated += 1
          await delay(pauseMs)
        } else already += 1
      } catch (error) {
        failed.push({ ...owner, message: error instanceof Error ? error.message : String(error) })
      }
      progress.show(rotated + already + failed.length, webhooks.size)
    }
  } finally {
    progress.end()
    secrets.close()
  }
  const { withoutSecret } = found
  process.stdout.write(`${JSON.stringify({ file, rotated, already, withoutSecret, failed })}\n`)
  if (failed.length > 0)
    throw new Error(
      `some webhooks could not be rotated; "failed" lists them. Run again with --resume ${file}`,
    )
}
