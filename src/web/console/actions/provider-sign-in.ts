import { finishSignIn, renew, startSignIn } from '../openid.ts'
import type { Provider } from '../provider.ts'
import type { Session } from '../state.ts'
import type { Context } from './attempt.ts'
import type { Pages } from './pages.ts'
import { startSession, toSession } from './session.ts'

/** Creates the actions that sign in at the identity provider, and that keep the session alive while the page is open. */
export function createProviderSignIn(context: Context, pages: Pages) {
  const { store } = context
  let isRenewing = false

  async function signInAtProvider(provider: Provider): Promise<void> {
    store.set({ signingIn: true, signInNote: null })
    try {
      await startSignIn(provider, location.hash)
    } catch (error) {
      store.set({ signingIn: false, signInNote: explain(error) })
    }
  }

  /** Completes the sign-in after the provider has returned to this page. @param search the query of the page's URL */
  async function completeSignIn(provider: Provider, search: string): Promise<void> {
    store.set({ signingIn: true })
    try {
      const grant = await finishSignIn(provider, search)
      if (grant.accessToken.split('.').length !== 3) throw new Error(opaqueToken)
      startSession(context, pages, toSession(grant.accessToken, grant))
    } catch (error) {
      store.set({ signingIn: false, signInNote: explain(error) })
    }
  }

  /** Renews the token if it is time. If that fails, tries again until the token expires. */
  async function keepSignedIn(now: number): Promise<void> {
    const { session, provider } = store.get()
    if (isRenewing || !session?.grant?.refreshToken || !provider) return
    if (session.renewAt === null || now < session.renewAt) return
    isRenewing = true
    let renewed: Session
    try {
      const grant = await renew(provider, session.grant)
      renewed = toSession(grant.accessToken, grant)
    } catch (error) {
      renewed = { ...session, renewAt: nextAttempt(session, Date.now()), renewalProblem: explain(error) }
    }
    isRenewing = false
    if (store.get().session === session) store.set({ session: renewed })
  }

  return { signInAtProvider, completeSignIn, keepSignedIn }
}

/** Returns when to try again to renew the token; null if it will have expired. */
function nextAttempt({ expiresAt }: Session, now: number): number | null {
  const left = (expiresAt ?? now) - now
  const wait = Math.max(1_000, Math.min(10_000, left / 4))
  return wait < left ? now + wait : null
}

const opaqueToken =
  "The identity provider issued an access token that is not a JWT, so Rekey cannot verify it. Providers do that if the sign-in names no API: set REKEY_OIDC_RESOURCE, or `audience` in REKEY_OIDC_PARAMETERS, to Rekey's audience."

/** Errors of the OAuth protocol have a code, and often a description for the user (RFC 6749, section 4.1.2.1). */
function explain(error: unknown): string {
  const { error: code, error_description: description } = (error ?? {}) as Record<string, unknown>
  if (typeof code === 'string')
    return `The identity provider refused: ${typeof description === 'string' ? description : code}`
  // The browser says no more about a request without a response.
  if (error instanceof TypeError || error instanceof DOMException)
    return 'The identity provider did not respond.'
  return error instanceof Error ? error.message : String(error)
}
