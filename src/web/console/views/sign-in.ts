import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { State } from '../state.ts'

/** Asks for a token, and explains how to get one. */
export function signIn({ signInNote }: State, actions: Actions): TemplateResult {
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
        <p><button class="primary">Sign in</button></p>
      </form>
      <h2>How to get a token</h2>
      <p>
        On the server, print a token that can do everything on this page, for one application and one hour:
      </p>
      <pre tabindex="0"><code>npm run --silent rekey -- token --application app_1 \\
  --scope applications:read --scope webhooks:read --scope events:read \\
  --scope secrets:read --scope secrets:rotate</code></pre>
      <p>Name fewer scopes to limit it, or <code>--all-applications</code> in place of an application.</p>
      <p class="quiet">If Rekey trusts an identity provider, get the token there.</p>
    </section>
  `
}
