import { html, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { State } from '../state.ts'
import { createApplication } from './provisioning-buttons.ts'

/** Offers to create the first application, on the pages that would show something of it. */
export function welcome(state: State, actions: Actions): TemplateResult {
  return html`
    <div class="empty">
      <p><strong>This token cannot access any application.</strong></p>
      <p>${createApplication(state, actions, 'primary')}</p>
      <p>Or create one through the API, under an ID of your choice:</p>
      <pre tabindex="0"><code>curl -X PUT ${new URL('api/v1/applications/app_1', location.href).href} \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" -d '{"name": "First application"}'</code></pre>
      <p class="quiet">If your application already exists, sign in with a token that covers it.</p>
    </div>
  `
}
