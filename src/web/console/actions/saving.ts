import { toFault, type Fault } from '../fault.ts'
import type { Attempt, Problem } from '../problem.ts'
import type { Context } from './attempt.ts'

/** Why something was not saved: an invalid input, or another problem. */
export type Failure = { fault: Fault } | { problem: Problem }

/** An application or a webhook to save. */
interface Item {
  kind: 'application' | 'webhook'
  id: string
  /** What the user edits; null to create. */
  known: { updatedAt: string } | null
  /** The IDs of the dialog's inputs. */
  fields: string[]
  read: () => Promise<{ data: { updatedAt: string } }>
  write: () => Promise<{ response: Response }>
}

/**
 * Saves an item, and returns why that failed, or null. PUT overwrites what it finds, so this function first reads
 * what is there: someone may have created the same ID, or changed what the user edits.
 */
export async function save(
  { attempt }: Context,
  { kind, id, known, fields, read, write }: Item,
): Promise<Failure | null> {
  const field = `${kind}Id`
  const saving = { what: `save a ${kind}`, scope: `${kind}s:write` }
  // URLs treat IDs made only of dots as path segments.
  if (id.length > 64 || !/^\.*[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(id))
    return { fault: { field, text: "Must be 1 to 64 letters, digits, '_', '.' or '-', and not only dots." } }
  const found = await attempt(
    { what: `check whether it would overwrite a ${kind}`, scope: `${kind}s:read` },
    read,
  )
  if (found.is === 'done' && !known)
    return { fault: { field, text: `Another ${kind} already has this ID. Nothing was changed.` } }
  if (found.is === 'done' && found.value.data.updatedAt !== known?.updatedAt)
    return conflict(
      saving,
      `Someone else changed this ${kind}`,
      'It differs from what this page shows, so nothing was saved. Close this dialog, refresh the page, and edit again.',
    )
  if (found.is === 'failed' && (found.problem.status !== 404 || known)) return { problem: found.problem }

  const saved = await attempt(saving, write)
  if (saved.is === 'failed') return toFailure(saved.problem, [field, ...fields])
  return known || saved.value.response.status === 201
    ? null
    : conflict(
        saving,
        `Someone else created this ${kind} at the same moment`,
        'This dialog has overwritten it. Check its properties on its page.',
      )
}

/** A 409 says that the webhook's keys do not allow the scheme. */
function toFailure(problem: Problem, fields: string[]): Failure {
  const fault =
    problem.status === 409 ? { field: 'signatureScheme', text: problem.text } : toFault(problem, fields)
  return fault ? { fault } : { problem }
}

function conflict(attempt: Attempt, title: string, text: string): Failure {
  return { problem: { attempt, status: 409, title, text, retryAt: null, requestId: null } }
}
