import { RekeyApiError } from '../../client/client.ts'

/** A failure, in words for the person who met it. */
export interface Problem {
  /** The HTTP status; null if there was no response. */
  status: number | null
  title: string
  /** What it means, and what to do. */
  text: string
  /** When it may be tried again, in milliseconds since 1970, if the server said so. */
  retryAt: number | null
  /** Under which the server's log has it. */
  requestId: string | null
}

/** Something that takes a scope, as it is told of when it fails. */
export interface Attempt {
  /** What the console tried, as the end of "This token may not …". */
  what: string
  /** The scope that it takes. */
  scope: string
}

/** @param now milliseconds since 1970 */
export function toProblem(error: unknown, { what, scope }: Attempt, now: number): Problem {
  if (!(error instanceof RekeyApiError)) {
    return {
      status: null,
      title: 'No answer from Rekey',
      text: 'Is the server running, and is this machine connected to it?',
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
      return ['Signed out', 'The server does not take this token. It may have expired.']
    case 403:
      return [
        `This token may not ${what}`,
        `That takes a token with the scope ${scope}, made out for this application or for all.`,
      ]
    case 404:
      return ['Not found', 'There is nothing under this id. It may have been deleted, or the id has a typo.']
    case 409:
      return ['Not possible at the moment', message]
    case 412:
      return [
        'Somebody else was faster',
        'The secret was rotated after this page read its keys, so nothing was done. The keys shown now are the new ones: look at them, and decide again.',
      ]
    case 429:
      return ['Too often', message.replace(/ Try again in \d+ seconds\.$/, '')]
    case 502:
    case 503:
      return ['Rekey cannot do its work', 'It does not reach its database, or its proxy does not reach it.']
    case 504:
      return ['Rekey took too long', 'It gave up on the request, which has changed nothing.']
    default:
      return ['That did not work', message]
  }
}
