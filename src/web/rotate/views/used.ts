import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions.ts'
import type { Invitation, State } from '../state.ts'
import { moment, nameOf } from '../words.ts'
import { facts } from './facts.ts'
import { oldSecret } from './old-secret.ts'
import { problem } from './problem.ts'
import { test } from './test.ts'

/** Says that the link was used, and who may have used it. */
export function used(invitation: Invitation, state: State, actions: Actions): TemplateResult {
  const { usedAt } = invitation
  const name = nameOf(invitation)
  return html`
    <h1 tabindex="-1">This invitation was already used</h1>
    <p class="lead">
      ${
        usedAt === null
          ? 'Someone has rotated with this link.'
          : html`Someone rotated with this link on
              <time datetime=${usedAt}>${moment(Date.parse(usedAt))}</time>.`
      }
      Only the tab in which that happened could show the new one.
    </p>
    ${
      state.problem
        ? html`${problem(state.problem, state.now)}
            <p class="buttons">
              <button type="button" class="primary" @click=${actions.rotate}>Get the ${name} again</button>
            </p>`
        : nothing
    }
    <div class="notice">
      <p>
        <strong>Was it you, and the ${name} is lost?</strong> Ask the person who sent the link for a new
        invitation. Until the time below, the old one still works.
      </p>
      <p>
        <strong>Was it nobody you know?</strong> Tell the person who sent the link at once. They can rotate
        again, and see in their audit trail when it happened.
      </p>
    </div>
    ${facts(invitation)} ${oldSecret(invitation, state.now)} ${test(invitation, state, actions)}
  `
}
