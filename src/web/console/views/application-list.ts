import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import { isEmptyList, type ListPage } from '../listing.ts'
import { address } from '../route.ts'
import type { Application, State } from '../state.ts'
import { countOf, hasTools, noMatch, pager, searchField, secretWarning } from './list-tools.ts'
import { loaded } from './loaded.ts'
import { time } from './time.ts'

/** Lists applications, with search. @param none shown if there are no applications */
export function applicationList(state: State, actions: Actions, none: () => TemplateResult): TemplateResult {
  const { route } = state
  if (route.page !== 'applications') return html``
  return html`
    ${
      hasTools(state.applications, route)
        ? html`<div class="tools">
            ${searchField(state, { label: 'Search applications', hint: 'Search ID or name' }, actions)}
          </div>`
        : nothing
    }
    ${secretWarning(state)}
    ${loaded(state.applications, state, actions, (page) =>
      page.items.length > 0
        ? html`
            <p class="list-count">${countOf(page, route, 'application')}</p>
            ${table(page, state)} ${pager(page, route)}
          `
        : isEmptyList(page, route)
          ? none()
          : noMatch(route, 'application', actions),
    )}
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
