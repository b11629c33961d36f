import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import { address } from '../route.ts'
import type { Application, State } from '../state.ts'
import { loaded, showMore } from './loaded.ts'
import { createApplication } from './provisioning-buttons.ts'
import { openById } from './open-by-id.ts'
import { ago } from './time.ts'
import { welcome } from './welcome.ts'

export function applications(state: State, actions: Actions): TemplateResult {
  const isRefused = state.applications.is === 'failed' && state.applications.problem.status === 403
  const isEmpty = state.applications.is === 'done' && state.applications.value.items.length === 0
  return html`
    <div class="heading">
      <h1 tabindex="-1">Applications</h1>
      ${isEmpty ? nothing : html`<p class="buttons">${createApplication(state, actions)}</p>`}
    </div>
    ${loaded(state.applications, state, actions, (list) =>
      list.items.length === 0
        ? welcome(state, actions)
        : html`
            <ul class="cards">
              ${list.items.map((item) => card(item, state.now))}
            </ul>
            ${showMore(list, state, actions, 'Show more applications')}
          `,
    )}
    ${isRefused ? openById() : nothing}
  `
}

function card({ id, name, createdAt }: Application, now: number): TemplateResult {
  return html`
    <li class="card">
      <a class="whole" href=${address.application(id)}><strong>${id}</strong></a>
      <span>${name}</span>
      <span class="quiet end">created ${ago(createdAt, now)}</span>
    </li>
  `
}
