import { RekeyApiError } from '../../client/client.ts'

/** A failure, explained to someone who has never heard of Rekey. */
export interface Problem {
  title: string
  text: string
  /** Whether another attempt can help. */
  canRetry: boolean
  /** When another attempt can help, in milliseconds since 1970; null for immediately. */
  retryAt: number | null
  /** Identifies the request in the server's log; null if it does not matter. */
  requestId: string | null
}

const final = { canRetry: false, retryAt: null, requestId: null }

export const noInvitation: Problem = {
  ...final,
  title: 'This page needs an invitation',
  text: 'Open the complete link that you were sent. If you have opened it in this browser before, open it again: another tab cannot continue where that one was.',
}

const dead: Record<string, Omit<Problem, keyof typeof final>> = {
  'The invitation has expired': {
    title: 'This invitation has expired',
    text: 'Nothing was changed by opening it. Ask the person who sent it for a new one.',
  },
  'The invitation was revoked': {
    title: 'This invitation was withdrawn',
    text: 'It does not work any longer. Ask the person who sent it whether you should get a new one.',
  },
  'The invitation was used': {
    title: 'This invitation was already used',
    text: 'Someone else has rotated the secret with the same link. If that was nobody you know, tell the person who sent the link at once.',
  },
}

const unknown = {
  title: 'This link is not valid',
  text: 'Check that you opened the whole link, up to its last character. An invitation that was used or has expired some time ago is deleted. If the link is complete, ask the person who sent it for a new one.',
}

export function isUsed(error: unknown): boolean {
  return error instanceof RekeyApiError && error.reason === 'The invitation was used'
}

/**
 * Explains a failed request.
 * @param isSafe what to say about another attempt, if the outcome of this one is unknown
 * @param now milliseconds since 1970
 */
export function toProblem(error: unknown, isSafe: string, now: number): Problem {
  if (!(error instanceof RekeyApiError))
    return {
      ...final,
      title: 'No response',
      text: `The server did not respond. Check your connection, then try again. ${isSafe}`,
      canRetry: true,
    }
  const { status, message, reason, requestId, retryAfter } = error
  const retryAt = retryAfter === null ? null : now + retryAfter * 1_000
  if (status === 401) return { ...final, ...(dead[reason ?? ''] ?? unknown) }
  if (status === 403)
    return { ...final, title: 'The invitation does not allow this', text: `${reason ?? 'It was refused'}.` }
  if (status === 409)
    return {
      ...final,
      title: 'Not possible right now',
      text: `${message} If this lasts, tell the person who sent you the link.`,
      canRetry: true,
      retryAt,
    }
  if (status === 429)
    return {
      ...final,
      title: 'Too many attempts',
      text: 'Wait a moment, then try again. Your invitation is unchanged.',
      canRetry: true,
      retryAt,
    }
  return {
    title: 'The server has a problem',
    text: `It may be over soon: try again. ${isSafe} If it lasts, tell the person who sent you the link.`,
    canRetry: true,
    retryAt,
    requestId,
  }
}
