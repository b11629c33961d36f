import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import { isEmptyList } from '../listing.ts'
import type { State } from '../state.ts'
import { applicationList } from './application-list.ts'
import { createApplication } from './provisioning-buttons.ts'
import { openById } from './open-by-id.ts'
import { welcome } from './welcome.ts'

export function applications(state: State, actions: Actions): TemplateResult {
  const { applications, route } = state
  const isRefused = applications.is === 'failed' && applications.problem.status === 403
  const isEmpty = applications.is === 'done' && isEmptyList(applications.value, route)
  return html`
    <div class="heading">
      <h1 tabindex="-1">Applications</h1>
      ${isEmpty ? nothing : html`<p class="buttons">${createApplication(state, actions)}</p>`}
    </div>
    ${applicationList(state, actions, () => welcome(state, actions))} ${isRefused ? openById() : nothing}
  `
}
