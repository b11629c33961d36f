import { closeSync, fsyncSync } from 'node:fs'
import { z } from 'zod'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { appendLine } from '../shared/own-file.ts'
import { selectionSchema } from '../shared/selection.ts'
import { createRunFile, resumeRunFile } from './run-file.ts'

/** The body of each request that creates an invitation. */
const termsSchema = z.strictObject({
  expiresInSeconds: z.int().min(300).max(604_800),
  overlapSeconds: z.int().min(300).max(604_800).optional(),
  endWhenProven: z.boolean().optional(),
  reason: z.string().min(1).max(500).optional(),
})
export type InvitationTerms = z.infer<typeof termsSchema>

/** The options of a run. They are in the first line of its file, so that a resumed run uses the same ones. */
const runSchema = z.strictObject({ selection: selectionSchema, terms: termsSchema })
export type InvitationRun = z.infer<typeof runSchema>

const lineSchema = z.object({ applicationId: z.string(), webhookId: z.string(), url: z.string() })

export interface WrittenInvitation extends KeyOwner {
  invitationId: string
  url: string
  expiresAt: string
}

/** The JSON Lines file to which `rekey rotate --invite` writes its options and the links. */
export interface InvitationsFile {
  run: InvitationRun
  /** Number of links in the file. */
  count: () => number
  has(owner: KeyOwner): boolean
  append(invitation: WrittenInvitation): void
  /** Closes the file once all its lines are on disk. */
  close(): void
}

/**
 * Creates the file with mode 600, and writes the options.
 * @throws Error if the file already exists or cannot be written
 */
export function createInvitationsFile(file: string, run: InvitationRun): InvitationsFile {
  return invitationsFile(createRunFile(file, 'links', { invite: run }), run, [])
}

/**
 * Opens the file of an interrupted run. The link of an incomplete line is lost, and the resumed run creates another.
 * @throws Error if the file is missing, is accessible to other users, belongs to another user, or is not such a file
 */
export function resumeInvitationsFile(file: string): InvitationsFile {
  return resumeRunFile(file, (descriptor, [first = '', ...lines]) => {
    const { run, owners } = parse(file, first, lines)
    return invitationsFile(descriptor, run, owners)
  })
}

function parse(file: string, first: string, lines: string[]): { run: InvitationRun; owners: KeyOwner[] } {
  try {
    return {
      run: z.object({ invite: runSchema }).parse(JSON.parse(first)).invite,
      owners: lines.map((line) => lineSchema.parse(JSON.parse(line))),
    }
  } catch {
    // No `cause`: its message may quote the line, including the link.
    throw new Error(`${file} is not a valid links file; pass the file that rekey rotate --invite wrote`)
  }
}

function invitationsFile(descriptor: number, run: InvitationRun, owners: KeyOwner[]): InvitationsFile {
  const invited = new Set(owners.map(place))
  return {
    run,
    count: () => invited.size,
    has: (owner) => invited.has(place(owner)),
    append(invitation) {
      appendLine(descriptor, invitation)
      invited.add(place(invitation))
    },
    close() {
      fsyncSync(descriptor)
      closeSync(descriptor)
    },
  }
}

function place({ applicationId, webhookId }: KeyOwner): string {
  return `${applicationId}/${webhookId}`
}
