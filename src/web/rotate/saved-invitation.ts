import { newIdempotencyKey } from '../shared/idempotency-key.ts'

/** Data about an invitation that this tab stores, so that a reload continues where the user was. */
export interface SavedInvitation {
  token: string
  /**
   * The Idempotency-Key of every attempt to rotate, so that only one rotates and the others get the same secret.
   */
  idempotencyKey: string
  /** Whether this tab has tried to rotate. */
  pressed: boolean
}

const place = 'rekey-invitation'

/**
 * Takes the invitation's token from the URL's fragment, and removes the fragment, so that neither the history nor a
 * screenshot has the token. Without a fragment, returns the invitation that this tab has saved.
 * @returns null if there is neither
 */
export function takeInvitation(): SavedInvitation | null {
  const token = location.hash.slice(1)
  const saved = read()
  if (token === '') return saved
  history.replaceState(null, '', location.pathname + location.search)
  if (saved?.token === token) return saved
  const taken = { token, idempotencyKey: newIdempotencyKey(), pressed: false }
  saveInvitation(taken)
  return taken
}

/** Saves the invitation for this tab alone. If the browser refuses, a reload cannot continue, but the page works. */
export function saveInvitation(invitation: SavedInvitation): void {
  try {
    sessionStorage.setItem(place, JSON.stringify(invitation))
  } catch {
    // Storage is full or switched off.
  }
}

function read(): SavedInvitation | null {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? 'null') as SavedInvitation | null
  } catch {
    return null
  }
}
