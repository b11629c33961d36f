import { RekeyApiError } from '../../client/client.ts'
import { noun } from '../shared/words.ts'

/** A failure, explained to the user. */
export interface Problem {
  attempt: Attempt
  /** The HTTP status; null if there was no response. */
  status: number | null
  title: string
  /** What the failure means and what to do about it. */
  text: string
  /** When the user may retry, in milliseconds since 1970; null if the response had no Retry-After. */
  retryAt: number | null
  /** Identifies the request in the server's log; null if unknown. */
  requestId: string | null
}

/** Describes an action that a user attempts, for the error text in case the action fails. */
export interface Attempt {
  /** Completes the sentence "This token cannot …". */
  what: string
  /** The scope that the action requires. */
  scope: string
}

/** Explains an error from the API client to the user. @param now milliseconds since 1970 */
export function toProblem(error: unknown, attempt: Attempt, now: number): Problem {
  if (!(error instanceof RekeyApiError)) {
    return {
      attempt,
      status: null,
      title: 'No response from Rekey',
      text: 'Check that the server is running and that this machine can reach it.',
      retryAt: null,
      requestId: null,
    }
  }
  const { status, requestId, retryAfter, message } = error
  const [title, text] = words(status, { ...attempt, message })
  return {
    attempt,
    status,
    title,
    text,
    requestId,
    retryAt: retryAfter === null ? null : now + retryAfter * 1000,
  }
}

/** Returns whether a retry may succeed without anything being changed, so that data on the page stays useful. */
export function mayPass({ status }: Problem): boolean {
  return status === null || status === 429 || status >= 500
}

/** Returns whether the action may have happened: no response arrived, or the response may come from a proxy. */
export function mayHaveHappened({ status }: Problem): boolean {
  return status === null || status >= 500
}

/** Returns what failures must have in common to be shown as one. */
export function reasonOf({ status, title, text }: Problem): string {
  return status === 403 ? 'The token lacks a right.' : `${title} ${text}`
}

/** Returns one failure for several with the same reason. */
export function merge(problems: readonly [Problem, ...Problem[]]): Problem {
  const [first] = problems
  if (first.status !== 403) return first
  const [title, text] = refusal(problems.map(({ attempt }) => attempt))
  return { ...first, title, text }
}

const or = new Intl.ListFormat('en', { type: 'disjunction' })
const and = new Intl.ListFormat('en')

function refusal(attempts: readonly Attempt[]): [string, string] {
  const scopes = [...new Set(attempts.map(({ scope }) => scope))]
  return [
    `This token cannot ${or.format(new Set(attempts.map(({ what }) => what)))}`,
    `Sign in with a token that has the ${noun(scopes.length, 'scope')} ${and.format(scopes)} and covers the application.`,
  ]
}

function words(status: number, { what, scope, message }: Attempt & { message: string }): [string, string] {
  switch (status) {
    case 401:
      return ['Signed out', 'The server rejected this token. It may have expired.']
    case 403:
      return refusal([{ what, scope }])
    case 404:
      return ['Not found', 'Nothing has this ID. It may have been deleted, or the ID may contain a typo.']
    case 409:
      return ['Not possible right now', message]
    case 412:
      return [
        'Someone else rotated first',
        'The secret was rotated after this page loaded its keys, so nothing was changed. Check the new keys, then decide whether to retry.',
      ]
    case 429:
      return ['Too many requests', message.replace(/ Try again in \d+ seconds?\.$/, '')]
    case 502:
    case 503:
      return [
        'Rekey is unavailable',
        'It cannot reach its database, or the proxy cannot reach Rekey. Try again in a moment.',
      ]
    case 504:
      return ['Rekey took too long', 'The request timed out and changed nothing. Try again.']
    default:
      return ['The request failed', message]
  }
}
