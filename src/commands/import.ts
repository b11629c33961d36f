import { statSync } from 'node:fs'
import type { Environment } from '../config/config.ts'
import { checkEncryptionKeys } from '../core/encryption-key-check.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
import { isDecodable } from '../domain/signing-secret.ts'
import { findApplication, insertApplication } from '../store/tables/applications.ts'
import { importLine, type Effect, type ImportOptions } from './import/import-line.ts'
import { InvalidLine, type Line } from './import/line.ts'
import { readLines } from './import/read-lines.ts'
import { withStoreOrNew, type CommandContext } from './shared/command-context.ts'
import { untilInterrupted } from './shared/interruption.ts'
import { openClock } from './shared/open-clock.ts'
import { readFileAndOptions, readSeconds } from './shared/options.ts'
import { createProgress } from './shared/progress.ts'
import { runAll } from './shared/run-all.ts'

export const usage = `Usage: rekey import FILE [options]

Creates applications and webhooks with the signing secrets that a platform already has. FILE is in JSON Lines; - reads
standard input. Each line has applicationId, webhookId, url and signingSecret. Optional are:

  description, signatureScheme, signatureHeader
                   as in the API; if left out, an existing webhook keeps its values
  previous         older secrets that are still live, newest first, each with signingSecret and expiresAt; only for a
                   webhook without secrets, and not with a scheme whose messages carry one signature

Checks every line first, and imports nothing if any is invalid. Run it again after an interruption: it leaves lines
that were imported unchanged. A line is refused if its webhook has a different current secret, or if the webhook had
the line's secret earlier.

Prints a report as JSON, never a secret. "due" lists webhooks whose secret a person may have chosen: rotate these first.
Exits with 1 if any line was refused.

Options:
  --rotate             rotate webhooks with a different current secret to the one in the file
  --overlap DURATION   how long a replaced secret stays live, for example 1h or 2d; 0 revokes it
                       (default: REKEY_OVERLAP_SECONDS)
  --dry-run            print the report without importing anything
`

/** Maximum number of lines in progress: as many as share a commit on SQLite. */
const concurrency = 128

interface Report extends Record<Effect, number> {
  refused: (KeyOwner & { line: number; message: string })[]
  /** Webhooks whose secret may be guessable. */
  due: KeyOwner[]
}

export async function run(environment: Environment, args: string[]): Promise<void> {
  const { file, options } = readFileAndOptions(args, {
    rotate: { type: 'boolean', default: false },
    overlap: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  })
  const overlap =
    options.overlap === undefined ? undefined : readSeconds('--overlap', options.overlap, 0, 604_800)
  if (file !== '-' && (statSync(file).mode & 0o077) !== 0)
    process.stderr.write(`other users can access ${file}, which contains secrets; set its mode to 600\n`)
  const lines = await readLines(file, Date.now())
  await withStoreOrNew(environment, async (context) => {
    const { config, store, keyring, deadline } = context
    await store.migrate()
    await checkEncryptionKeys(store, keyring, deadline())
    const clock = await openClock(context)
    await importAll(context, lines, {
      rotate: options.rotate,
      overlapSeconds: overlap ?? config.overlapSeconds,
      dryRun: options['dry-run'],
      settledTime: () => clock.read(),
    })
  })
}

async function importAll(
  context: CommandContext,
  lines: readonly Line[],
  options: ImportOptions,
): Promise<void> {
  const report: Report = {
    created: 0,
    imported: 0,
    rotated: 0,
    updated: 0,
    unchanged: 0,
    refused: [],
    due: [],
  }
  if (!options.dryRun) await createApplications(context, lines)
  const progress = createProgress('imported')
  let done = 0
  try {
    await untilInterrupted((signal) =>
      runAll(lines, { rate: 0, concurrency, signal }, async (line) => {
        const { applicationId, webhookId, number, secret } = line
        try {
          report[await importLine(context, line, options)] += 1
          if (!isDecodable(secret)) report.due.push({ applicationId, webhookId })
        } catch (error) {
          if (!(error instanceof InvalidLine)) throw error
          report.refused.push({ line: number, applicationId, webhookId, message: error.message })
        }
        done += 1
        progress.show(done, lines.length)
        return true
      }),
    )
  } finally {
    progress.end()
    process.stdout.write(`${JSON.stringify(report)}\n`)
  }
  if (done < lines.length)
    throw new Error(`interrupted; ${lines.length - done} lines remain. Run the same command again`)
  if (report.refused.length > 0) throw new Error('some lines were refused; "refused" lists them')
}

async function createApplications(
  { store, deadline }: CommandContext,
  lines: readonly Line[],
): Promise<void> {
  for (const applicationId of new Set(lines.map((line) => line.applicationId)))
    await store.write(
      { applicationId },
      async (queries) => {
        if (await findApplication(queries, applicationId)) return
        const now = store.now()
        const row = { id: applicationId, name: null, created_at: now, updated_at: now }
        await insertApplication(queries, row)
      },
      deadline(),
    )
}
