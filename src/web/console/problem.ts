import { RekeyApiError } from '../../client/client.ts'

/** A failure, explained to the user. */
export interface Problem {
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
export function toProblem(error: unknown, { what, scope }: Attempt, now: number): Problem {
  if (!(error instanceof RekeyApiError)) {
    return {
      status: null,
      title: 'No response from Rekey',
      text: 'Check that the server is running and that this machine can reach it.',
      retryAt: null,
      requestId: null,
    }
  }
  const { status, requestId, retryAfter, message } = error
  const [title, text] = words(status, { what, scope, message })
  return { status, title, text, requestId, retryAt: retryAfter === null ? null : now + retryAfter * 1000 }
}

function words(status: number, { what, scope, message }: Attempt & { message: string }): [string, string] {
  switch (status) {
    case 401:
      return ['Signed out', 'The server rejected this token. It may have expired.']
    case 403:
      return [
        `This token cannot ${what}`,
        `Sign in with a token that has the scope ${scope} and covers this application.`,
      ]
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
      return ['Rekey is unavailable', 'It cannot reach its database, or the proxy cannot reach Rekey.']
    case 504:
      return ['Rekey took too long', 'The request timed out and changed nothing.']
    default:
      return ['The request failed', message]
  }
}
