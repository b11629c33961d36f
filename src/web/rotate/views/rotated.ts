import { html, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions.ts'
import type { State } from '../state.ts'
import { whose } from './facts.ts'
import { oldSecret } from './old-secret.ts'
import { nameOf } from '../words.ts'
import { secret } from './secret.ts'
import { test } from './test.ts'

/** Shows the new secret, what to do with it, and when the old one ends. */
export function rotated(
  view: Extract<State['view'], { is: 'rotated' }>,
  state: State,
  actions: Actions,
): TemplateResult {
  return html`
    <h1 tabindex="-1">Here is the new ${nameOf(view.invitation)}</h1>
    <p class="lead">${whose(view.invitation)}</p>
    <div class="numbered">
      ${secret(view.secret, nameOf(view.invitation), actions)} ${oldSecret(view.invitation, state.now)}
      ${test(view.invitation, state, actions)}
    </div>
  `
}
