import type { OverlapChoice } from './dialogs.ts'
import type { Problem } from './problem.ts'
import type { KeyIds } from './selection.ts'

export type BulkKind = 'rotate' | 'invite' | 'probe' | 'end'

/** What happened to one webhook. */
export type BulkResult = { webhookId: string } & (
  | { is: 'done'; note: string }
  | {
      is: 'failed'
      problem: Problem
      /** Whether a rotation may have happened, although its response was lost. */
      isLost: boolean
    }
)

/** The terms that the dialog asks for once. Each kind uses some of them. */
export interface BulkTerms {
  overlap: OverlapChoice
  expiresInSeconds: number
  /** Whether a probe ends the overlap of a receiver that it proves. */
  endOverlap: boolean
  reason: string
}

/** An action on many webhooks of an application: asks for its terms, runs, and reports. */
export interface Bulk {
  kind: BulkKind
  applicationId: string
  /** At most 1,000. */
  webhookIds: readonly string[]
  /** The webhooks' current keys when the dialog opened, as the page showed them. */
  keyIds: KeyIds
  terms: BulkTerms
  stage: 'asking' | 'running' | 'stopping' | 'done'
  /** The newest result of each webhook that was tried. */
  results: ReadonlyMap<string, BulkResult>
  /** How many webhooks the run has, and how many of them are done or have failed. */
  progress: { count: number; total: number }
  /** Until when a call waits because of a 429, in milliseconds since 1970; null if none waits. */
  waitsUntil: number | null
  /** The new secrets or links, which are available nowhere else, as the lines of a file. */
  lines: readonly FileLine[]
  saved: boolean
  copyFailed: boolean
}

/** A line of the file that `rekey rotate` or `rekey rotate --invite` writes. */
export type FileLine = { applicationId: string; webhookId: string } & (
  | { keyId: string; keyFingerprint: string; signingSecret: string; rotatedAt: string }
  | { invitationId: string; url: string; expiresAt: string }
)

/** Returns the webhooks that failed, and those that were not tried because the run stopped. */
export function unfinished({ webhookIds, results }: Bulk): { failed: string[]; untried: string[] } {
  return {
    failed: webhookIds.filter((id) => results.get(id)?.is === 'failed'),
    untried: webhookIds.filter((id) => !results.has(id)),
  }
}

/** Returns the webhooks whose rotations may have happened, although their responses were lost. */
export function lostRotations({ results }: Bulk): string[] {
  return [...results.values()].flatMap((result) =>
    result.is === 'failed' && result.isLost ? [result.webhookId] : [],
  )
}

/** A group of webhooks with the same result. */
export interface Group {
  is: 'done' | 'failed'
  text: string
  webhookIds: string[]
}

/** Returns the results, grouped by their text: failures first, then the largest group. */
export function grouped({ results }: Bulk): Group[] {
  const groups = new Map<string, Group>()
  for (const result of results.values()) {
    const text = result.is === 'done' ? result.note : `${result.problem.title}. ${result.problem.text}`
    const group = groups.get(text) ?? { is: result.is, text, webhookIds: [] }
    group.webhookIds.push(result.webhookId)
    groups.set(text, group)
  }
  return [...groups.values()].sort(
    (one, other) =>
      Number(one.is === 'done') - Number(other.is === 'done') ||
      other.webhookIds.length - one.webhookIds.length,
  )
}

/** Returns whether leaving the page would lose a secret or link. A public key is never lost. */
export function holdsUnsavedLines(bulk: Bulk | null): boolean {
  return (
    bulk?.saved === false &&
    bulk.lines.some((line) => !('signingSecret' in line) || !line.signingSecret.startsWith('whpk_'))
  )
}

/** Returns whether calls are running. Leaving the page would lose what they return. */
export function isRunning(bulk: Bulk | null): boolean {
  return bulk?.stage === 'running' || bulk?.stage === 'stopping'
}
