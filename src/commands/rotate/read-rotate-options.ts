import type { Policy } from './policy.ts'
import { readDuration, readOptions, readSeconds, readWholeNumber, UsageError } from '../shared/options.ts'
import { holdsSigningSecret } from '../../domain/signing-secret.ts'

const maxAgeSeconds = 36_500 * 86_400
const maxOverlapSeconds = 604_800
const defaultRate = 20

export interface RotateOptions {
  /** File to create; undefined for a name with the current time. */
  output: string | undefined
  /** File of the run to continue. */
  resume: string | undefined
  dryRun: boolean
  /** The options that a file's policy replaces, as the user wrote them: `--all`. */
  policyOptions: string[]
  /** The value of `--rate`. */
  rate: number | undefined
  /**
   * Builds the policy of a new run.
   * @param now milliseconds since 1970
   */
  policy: (now: number, defaultOverlapSeconds: number) => Policy
}

/** @throws UsageError if the command line is invalid */
export function readRotateOptions(args: string[]): RotateOptions {
  const {
    output,
    resume,
    'dry-run': dryRun,
    rate: rateText,
    ...options
  } = readOptions(args, {
    application: { type: 'string', multiple: true },
    all: { type: 'boolean' },
    webhook: { type: 'string', multiple: true },
    'older-than': { type: 'string' },
    overlap: { type: 'string' },
    reason: { type: 'string' },
    rate: { type: 'string' },
    output: { type: 'string' },
    resume: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  })
  const policyOptions = Object.keys(options).map((name) => `--${name}`)
  const { application, all, webhook, overlap, reason, 'older-than': olderThan } = options
  if (all !== undefined && application) throw new UsageError('pass either --application or --all')
  if (resume === undefined && all === undefined && !application)
    throw new UsageError('pass either --application or --all')
  if (webhook && application?.length !== 1)
    throw new UsageError('--webhook requires exactly one --application')
  if (output !== undefined && resume !== undefined)
    throw new UsageError('--output and --resume are mutually exclusive')
  if (dryRun && (output ?? resume) !== undefined)
    throw new UsageError('--dry-run writes no secrets: remove --output or --resume')
  if (reason !== undefined && (reason === '' || reason.length > 500))
    throw new UsageError('--reason must have 1 to 500 characters')
  if (holdsSigningSecret(reason ?? ''))
    throw new UsageError('--reason must not contain a signing secret; it is stored in plaintext')
  const rate = rateText === undefined ? undefined : readWholeNumber('--rate', rateText, 0, 1_000)
  const overlapSeconds =
    overlap === undefined ? undefined : readSeconds('--overlap', overlap, 0, maxOverlapSeconds)
  const age = olderThan === undefined ? null : readDuration('--older-than', olderThan, 0, maxAgeSeconds)
  return {
    output,
    resume,
    dryRun,
    policyOptions,
    rate,
    policy: (now, defaultOverlapSeconds) => ({
      applications: application ?? '*',
      webhooks: webhook ?? '*',
      createdBefore: age === null ? null : new Date(now - age * 1_000).toISOString(),
      overlapSeconds: overlapSeconds ?? defaultOverlapSeconds,
      reason: reason ?? null,
      rate: rate ?? defaultRate,
    }),
  }
}
