import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { State } from '../state.ts'

/** What is shown without a token: where one is entered, and where one comes from. */
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
        <!-- Not of the type password, which browsers offer to store. -->
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
          The page keeps it in memory alone: reloading forgets it. You see and do what its scopes allow.
        </p>
        <p><button class="primary">Sign in</button></p>
      </form>
      <h2>Where tokens come from</h2>
      <p>On the server's machine, one that may do everything for an hour:</p>
      <pre tabindex="0"><code>npm run --silent rekey -- token</code></pre>
      <p>Or one that may do only this, for the next ten minutes:</p>
      <pre tabindex="0"><code>npm run --silent rekey -- token --expires 600 \\
  --application app_1 --scope webhooks:read \\
  --scope secrets:read --scope secrets:rotate</code></pre>
      <p class="quiet">Where Rekey trusts an identity provider, that issues them.</p>
    </section>
  `
}
