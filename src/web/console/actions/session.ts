import { signOutUrl } from '../openid.ts'
import type { Grant } from '../provider.ts'
import { signedOut, type Session } from '../state.ts'
import type { Context } from './attempt.ts'
import type { Pages } from './pages.ts'
import type { Secrets } from './secrets.ts'

/**
 * How long before its expiry a token is renewed, in milliseconds. Browsers run timers of hidden pages once a minute. A
 * token that does not live twice as long is renewed after half of its life.
 */
const renewalMs = 120_000

/** Creates the actions that sign in and out. The token exists only in the state, never in browser storage. */
export function createSessions(context: Context, pages: Pages, secrets: Secrets) {
  const { store } = context

  function signIn(entered: string): void {
    const token = entered.trim().replace(/^Bearer\s+/i, '')
    if (!/^[\x21-\x7e]+$/.test(token)) {
      store.set({
        signInNote:
          token === '' ? 'Enter a token.' : 'A token must not contain spaces or special characters.',
      })
      return
    }
    startSession(context, pages, toSession(token))
  }

  function signOut(): void {
    secrets.leave(() => {
      const { session, provider, route } = store.get()
      store.set({ ...signedOut, signInNote: null })
      pages.open(route)
      const url = provider && session?.grant ? signOutUrl(provider, session.grant) : null
      if (url !== null) location.assign(url)
    })
  }

  return { signIn, signOut }
}

/** Shows the page to a user who has just signed in, and reads what the token may do. */
export function startSession({ store, client, attempt }: Context, pages: Pages, session: Session): void {
  store.set({ session, rights: null, signingIn: false, signInNote: null })
  pages.open(store.get().route)
  const reading = { what: 'read its own rights', scope: '' }
  void attempt(reading, () => client.GET('/token')).then((outcome) => {
    // Without the rights, no button is disabled, and the server decides.
    if (outcome.is === 'done' && store.get().session?.token === session.token)
      store.set({ rights: outcome.value.data.rights })
  })
}

/**
 * Reads the token's claims for display only: the server decides what the token allows.
 * @param grant what the identity provider issued together with the token
 */
export function toSession(token: string, grant: Grant | null = null): Session {
  const claims = readClaims(token)
  const now = Date.now()
  const expiresAt = typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : null
  // Between two times of the provider, so that a wrong clock in the browser does not matter.
  const livesMs = (expiresAt ?? 0) - (typeof claims['iat'] === 'number' ? claims['iat'] * 1000 : now)
  return {
    token,
    subject: typeof claims['sub'] === 'string' ? claims['sub'] : null,
    expiresAt,
    renewAt: expiresAt === null ? null : now + livesMs - Math.min(renewalMs, livesMs / 2),
    grant,
    renewalProblem: null,
  }
}

function readClaims(token: string): Record<string, unknown> {
  try {
    const part = token.split('.')[1] ?? ''
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (byte) =>
      byte.charCodeAt(0),
    )
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof claims === 'object' && claims !== null ? { ...claims } : {}
  } catch {
    // The token is not a readable JWT. The server will accept or reject it.
    return {}
  }
}
