import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import { isEmptyList, type ApplicationsRoute, type ListPage } from '../listing.ts'
import { address } from '../route.ts'
import type { Application, State } from '../state.ts'
import { countOf, hasTools, noMatch, pager, searchField, secretWarning } from './list-tools.ts'
import { loaded } from './loaded.ts'
import { openById } from './open-by-id.ts'
import { createApplication } from './provisioning-buttons.ts'
import { time } from './time.ts'
import { welcome } from './welcome.ts'

/** Lists applications, with search. */
export function applications(state: State, route: ApplicationsRoute, actions: Actions): TemplateResult {
  const { applications } = state
  const isRefused = applications.is === 'failed' && applications.problem.status === 403
  const isEmpty = applications.is === 'done' && isEmptyList(applications.value, route)
  return html`
    <div class="heading">
      <h1 tabindex="-1">Applications</h1>
      ${isEmpty ? nothing : html`<p class="buttons">${createApplication(state, actions)}</p>`}
    </div>
    ${
      hasTools(applications, route)
        ? html`<div class="tools">
            ${searchField(state, { label: 'Search applications', hint: 'Search ID or name' }, actions)}
          </div>`
        : nothing
    }
    ${secretWarning(state)}
    ${loaded(applications, state, actions, (page) =>
      page.items.length > 0
        ? html`
            <p class="list-count">${countOf(page, route, 'application')}</p>
            ${table(page, state)} ${pager(page, route)}
          `
        : isEmpty
          ? welcome(state, actions)
          : noMatch(route, 'application', actions),
    )}
    ${isRefused ? openById() : nothing}
  `
}

function table({ items }: ListPage<Application>, { now, isListLate }: State): TemplateResult {
  return html`
    <table class="list-table applications" aria-busy=${isListLate}>
      <caption class="unseen">
        Applications
      </caption>
      <thead>
        <tr>
          <th scope="col">Application</th>
          <th scope="col">Name</th>
          <th scope="col">Created</th>
        </tr>
      </thead>
      <tbody>
        ${items.map(
          ({ id, name, createdAt }) => html`
            <tr>
              <th scope="row"><a class="whole" href=${address.application(id)} title=${id}>${id}</a></th>
              <td dir="auto" title=${name}>${name}</td>
              <td class="quiet">${time(createdAt, now)}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  `
}
