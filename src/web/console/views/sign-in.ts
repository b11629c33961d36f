import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { Provider } from '../provider.ts'
import type { State } from '../state.ts'

/** Offers to sign in at the identity provider, if there is one, or with a token, and explains how to get a token. */
export function signIn(state: State, actions: Actions): TemplateResult {
  const { provider, signInNote } = state
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const token = form.elements.namedItem('token') as HTMLInputElement
    actions.signIn(token.value)
  }
  return html`
    <section class="sign-in">
      <h1 tabindex="-1">Sign in</h1>
      ${
        signInNote === null
          ? nothing
          : html`<div class="notice bad" role="alert" id="sign-in-note"><p>${signInNote}</p></div>`
      }
      ${provider ? providerSignIn(provider, state, actions) : nothing}
      <form @submit=${submit}>
        <label for="token">Token</label>
        <!-- Not type="password", because browsers would offer to store the token. -->
        <input
          id="token"
          class="masked"
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          aria-describedby=${signInNote === null ? 'token-help' : 'sign-in-note token-help'}
          aria-invalid=${signInNote === null ? nothing : 'true'}
        />
        <p class="quiet" id="token-help">
          The page keeps the token only in memory, so a reload discards it. Its scopes decide what you can do.
        </p>
        <p>
          <button class=${provider ? nothing : 'primary'}>${provider ? 'Use this token' : 'Sign in'}</button>
        </p>
      </form>
      <h2>How to get a token</h2>
      <p>
        On the server, print a token that can do everything on this page, for one application and one hour:
      </p>
      <pre tabindex="0"><code>npm run --silent rekey -- token --application app_1 \\
  --scope applications:read --scope applications:write \\
  --scope webhooks:read --scope webhooks:write --scope events:read \\
  --scope secrets:read --scope secrets:rotate</code></pre>
      <p>Name fewer scopes to limit it, or <code>--all-applications</code> in place of an application.</p>
      ${provider ? nothing : html`<p class="quiet">If Rekey trusts an identity provider, get the token there.</p>`}
    </section>
  `
}

function providerSignIn(provider: Provider, { signingIn }: State, actions: Actions): TemplateResult {
  const { host } = new URL(provider.issuer)
  if (provider.metadata === null)
    return html`<p class="notice">
      Rekey cannot reach the identity provider ${host}. Reload this page to try again, or use a token.
    </p>`
  // Browsers offer cryptography only to pages over HTTPS or on localhost.
  if (!isSecureContext)
    return html`<p class="notice">
      To sign in at ${host}, open this page over HTTPS. Over plain HTTP, you can only use a token.
    </p>`
  const start = () => {
    void actions.signInAtProvider(provider)
  }
  return html`
    <p class="provider">
      <button type="button" class="primary" id="sign-in" aria-busy=${signingIn} @click=${start}>
        ${signingIn ? 'Signing in…' : `Sign in at ${host}`}
      </button>
    </p>
    <h2>Or use a token</h2>
  `
}
