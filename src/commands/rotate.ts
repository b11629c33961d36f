import { setTimeout as delay } from 'node:timers/promises'
import { readDuration, readOptions, readWholeNumber, UsageError } from './shared/options.ts'
import { createProgress } from './shared/progress.ts'
import { rotateWebhook } from './rotate/rotate-webhook.ts'
import { openSecretsFile } from './rotate/secrets-file.ts'
import { selectWebhooks, type Selection } from './rotate/select-webhooks.ts'
import { withStore, type CommandContext } from './shared/command-context.ts'
import type { Environment } from '../config/config.ts'
import { checkEncryptionKeys } from '../core/encryption-key-check.ts'
import { holdsSigningSecret } from '../domain/signing-secret.ts'

export const usage = `rekey rotate (--application ID | --all) [options]

Rotates the secrets of many webhooks, after a leak for example. The new secrets are written, as they come,
to a JSON Lines file that only you can read; never to the terminal. Webhooks that have no secret yet are left
out, and the output names them. If an application or a webhook that you name does not exist, none is rotated.

Each line of the file has applicationId, webhookId, keyId, keyFingerprint, signingSecret and rotatedAt. That is
when the line was written, just before the rotation was committed; where only --resume committed it, the key
is younger.

  --application ID      webhooks of this application; may stand several times
  --all                 webhooks of every application
  --webhook ID          only this webhook (with one --application); may stand several times
  --older-than AGE      only if the current key is older, as 90d, 12h or 30m
  --overlap SECONDS     how long the keys before go on signing; 0 revokes them (default: REKEY_OVERLAP_SECONDS)
  --reason TEXT         kept with the keys and in the audit trail
  --rate N              rotations a second at most (default: 20)
  --output FILE         the file to make (default: rekey-secrets-<time>.jsonl)
  --resume FILE         go on with a run that was stopped, with its file
  --dry-run             print which webhooks would be rotated, and rotate none
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
    throw new UsageError('takes either --application or --all')
  if (options.webhook && options.application.length !== 1)
    throw new UsageError('--webhook takes one --application')
  if (options.output !== undefined && options.resume !== undefined) {
    throw new UsageError('--output and --resume exclude each other')
  }
  if (options['dry-run'] && (options.output ?? options.resume) !== undefined)
    throw new UsageError('--dry-run takes no file: it makes no secrets')
  if (options.reason !== undefined && (options.reason === '' || options.reason.length > 500)) {
    throw new UsageError('--reason takes 1 to 500 characters')
  }
  if (holdsSigningSecret(options.reason ?? ''))
    throw new UsageError('--reason has a signing secret in it, and is kept as it is')
  const rate = readWholeNumber('--rate', options.rate, 1, 1_000)
  const overlapSeconds =
    options.overlap === undefined ? undefined : readWholeNumber('--overlap', options.overlap, 0, 604_800)
  const selection: Selection = {
    applicationIds: options.all ? '*' : options.application,
    webhookIds: options.webhook ?? '*',
    createdBefore:
      options['older-than'] === undefined
        ? null
        : Date.now() - readDuration('--older-than', options['older-than']),
  }

  await withStore(environment, async (workplace) => {
    const { store, keyring, deadline } = workplace
    await store.migrate()
    await checkEncryptionKeys(store, keyring, deadline())
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
    process.stderr.write(
      `left out, without a secret yet: webhook ${webhookId} in application ${applicationId}\n`,
    )
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
  // First, so that a name that nothing has leaves no file behind.
  const found = await selectWebhooks(workplace, selection)
  const secrets = openSecretsFile(file, resume)
  // Now, since a run that is stopped tells nothing more, and secrets that are live are there.
  process.stderr.write(`the secrets go to ${file}\n`)
  const progress = createProgress('rotated')
  const failed: { applicationId: string; webhookId: string; message: string }[] = []
  let rotated = 0
  let already = 0
  try {
    // Those of the file come first: after a stop their keys may be too new to be selected again.
    const selected = [...secrets.owners(), ...found.webhooks]
    const webhooks = new Map(
      selected.map((webhook) => [`${webhook.applicationId}/${webhook.webhookId}`, webhook]),
    )
    for (const { applicationId, webhookId } of webhooks.values()) {
      const owner = { applicationId, webhookId }
      try {
        if (await rotateWebhook(workplace, owner, { ...how, secrets })) {
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
  if (failed.length > 0) throw new Error(`${failed.length} webhooks were not rotated`)
}
