import type { InvitationTerms } from './invitations-file.ts'
import type { Policy } from './policy.ts'
import { readDuration, readOptions, readRate, readSeconds, UsageError } from '../shared/options.ts'
import { readSelection, selectionOptions, type Selection } from '../shared/selection.ts'
import { minInvitedOverlapSeconds } from '../../domain/invitation.ts'
import { holdsSigningSecret } from '../../domain/signing-secret.ts'

const maxOverlapSeconds = 604_800
const defaultRate = 20
const maxExpirySeconds = 604_800

export interface RotateOptions {
  /** The options of `--invite`; null to rotate. */
  invite: InviteOptions | null
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

export interface InviteOptions {
  /** Selects the webhooks; undefined if the file in `resume` contains the selection. */
  selection: (now: number) => Selection
  terms: InvitationTerms
  rate: number
}

const optionTypes = {
  ...selectionOptions,
  overlap: { type: 'string' },
  'end-when-proven': { type: 'boolean' },
  reason: { type: 'string' },
  invite: { type: 'boolean' },
  'expires-in': { type: 'string' },
  exec: { type: 'string' },
  shell: { type: 'boolean' },
  'exec-timeout': { type: 'string' },
  rate: { type: 'string' },
  output: { type: 'string' },
  resume: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
} as const
type Given = ReturnType<typeof readOptions<typeof optionTypes>>

/** @throws UsageError if the command line is invalid */
export function readRotateOptions(args: string[]): RotateOptions {
  const { output, resume, 'dry-run': dryRun, rate: rateText, ...options } = readOptions(args, optionTypes)
  const policyOptions = Object.keys(options).map((name) => `--${name}`)
  const { overlap, reason, 'end-when-proven': endWhenProven = false } = options
  // A resumed run takes its selection from the file, unless version 0.1.0 wrote the file.
  const selection = resume === undefined ? readSelection(options) : undefined
  if (output !== undefined && resume !== undefined)
    throw new UsageError('--output and --resume are mutually exclusive')
  if (dryRun && (output ?? resume) !== undefined)
    throw new UsageError('--dry-run writes no secrets: remove --output or --resume')
  if (reason !== undefined && (reason === '' || reason.length > 500))
    throw new UsageError('--reason must have 1 to 500 characters')
  if (holdsSigningSecret(reason ?? ''))
    throw new UsageError('--reason must not contain a signing secret; it is stored in plaintext')
  const rate = rateText === undefined ? undefined : readRate(rateText)
  const overlapSeconds =
    overlap === undefined ? undefined : readSeconds('--overlap', overlap, 0, maxOverlapSeconds)
  const exec = readCommand(options)
  if (exec && overlapSeconds === 0) throw new UsageError(execNeedsOverlap)
  if (endWhenProven && overlapSeconds === 0) throw new UsageError(provenNeedsOverlap)
  if (options.invite) rejectUnfitForInvitations({ resume, policyOptions, overlapSeconds, exec })
  const expiresInSeconds = readExpiry(options)
  return {
    invite: options.invite
      ? {
          selection: (now) => (selection ?? readSelection(options))(now),
          terms: {
            expiresInSeconds,
            ...(overlapSeconds !== undefined && { overlapSeconds }),
            ...(endWhenProven && { endWhenProven }),
            ...(reason !== undefined && { reason }),
          },
          rate: rate ?? defaultRate,
        }
      : null,
    output,
    resume,
    dryRun,
    policyOptions,
    rate,
    policy: (now, defaultOverlapSeconds) => ({
      ...(selection ?? readSelection(options))(now),
      overlapSeconds: overlapSeconds ?? defaultOverlapSeconds,
      endWhenProven,
      reason: reason ?? null,
      exec,
      rate: rate ?? defaultRate,
    }),
  }
}

/** @throws UsageError if an option cannot be combined with --invite */
function rejectUnfitForInvitations({
  resume,
  policyOptions,
  overlapSeconds,
  exec,
}: Pick<RotateOptions, 'resume' | 'policyOptions'> & {
  overlapSeconds: number | undefined
  exec: Policy['exec']
}): void {
  if (exec)
    throw new UsageError(
      '--invite and --exec are mutually exclusive: only the person invited gets the secret',
    )
  if (overlapSeconds !== undefined && overlapSeconds < minInvitedOverlapSeconds)
    throw new UsageError(
      `--invite needs an overlap of at least ${minInvitedOverlapSeconds / 60}m, so that the receiver can be switched`,
    )
  const others = policyOptions.filter((name) => name !== '--invite')
  if (resume !== undefined && others.length > 0)
    throw new UsageError(`--resume continues with the options in ${resume}; remove ${others.join(', ')}`)
}

function readExpiry({ invite, 'expires-in': text }: Pick<Given, 'invite' | 'expires-in'>): number {
  if (text !== undefined && !invite) throw new UsageError('--expires-in requires --invite')
  return text === undefined ? maxExpirySeconds : readDuration('--expires-in', text, 300, maxExpirySeconds)
}

/** The command delivers a secret once its rotation is committed. Until then, the receiver has only the old one. */
export const execNeedsOverlap =
  '--exec needs an overlap: the receiver has only the old secret until the command has delivered the new one'

export const provenNeedsOverlap = '--end-when-proven needs an overlap, which it can end'

function readCommand({
  exec,
  shell = false,
  'exec-timeout': limit,
}: Pick<Given, 'exec' | 'shell' | 'exec-timeout'>): Policy['exec'] {
  if (exec === undefined) {
    if (shell || limit !== undefined) throw new UsageError('--shell and --exec-timeout require --exec')
    return null
  }
  if (exec.trim() === '') throw new UsageError('--exec must not be empty')
  if (!shell && /["'`$|&;<>\\*]/.test(exec))
    throw new UsageError(
      '--exec does not run a shell, so quotes, variables and pipes do not work; add --shell',
    )
  const limitSeconds = limit === undefined ? 30 : readDuration('--exec-timeout', limit, 1, 3_600)
  return { line: exec, shell, limitSeconds }
}
