import { html, nothing, type TemplateResult } from 'lit-html'
import { roughly } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { isEmptyList, type ListPage, type WebhooksRoute } from '../listing.ts'
import { address, ages, webhookSorts, webhookStates } from '../route.ts'
import { maxSelected } from '../selection.ts'
import type { State, Webhook } from '../state.ts'
import { countOf, hasTools, noMatch, pager, searchField, secretWarning } from './list-tools.ts'
import { loaded } from './loaded.ts'
import { selectionBar } from './selection-bar.ts'
import { time } from './time.ts'

/** Lists an application's webhooks, with search, filters and a selection. @param none shown if there are no webhooks */
export function webhookList(
  state: State,
  route: WebhooksRoute,
  actions: Actions,
  none: () => TemplateResult,
): TemplateResult {
  return html`
    ${hasTools(state.webhooks, route) ? tools(state, route, actions) : nothing} ${secretWarning(state)}
    ${loaded(state.webhooks, state, actions, (page) =>
      page.items.length > 0
        ? html`
            <div class="list">
              <div class="list-head">
                ${
                  state.selection.keyIds.size > 0
                    ? selectionBar(state, route, page, actions)
                    : html`<p class="list-count">${countOf(page, route, 'webhook')}</p>`
                }
              </div>
              ${table(page, state, actions)}
            </div>
            ${pager(page, route)}
          `
        : isEmptyList(page, route)
          ? none()
          : noMatch(route, 'webhook', actions),
    )}
  `
}

function tools(state: State, { list }: WebhooksRoute, actions: Actions): TemplateResult {
  return html`
    <div class="tools">
      ${searchField(state, { label: 'Search webhooks', hint: 'Search ID, URL or description' }, actions)}
      ${choice('State', stateNames, list.state ?? '', (value) => {
        actions.filter({ state: webhookStates.find((each) => each === value) ?? null })
      })}
      ${choice('Age of the secret', ageNames, String(list.olderThan ?? ''), (value) => {
        actions.filter({ olderThan: ages.find((each) => String(each) === value) ?? null })
      })}
      ${choice('Order', sortNames, list.sort, (value) => {
        actions.filter({ sort: webhookSorts.find((each) => each === value) ?? 'id' })
      })}
    </div>
  `
}

const stateNames = {
  '': 'Any state',
  no_secret: 'No secret',
  one_key: 'One live key',
  overlap: 'In an overlap',
}
const ageNames = {
  '': 'Any age',
  ...Object.fromEntries(ages.map((days) => [String(days), `Older than ${days} days`])),
}
const sortNames = { id: 'By ID', keyCreatedAt: 'Oldest secret first' }

function choice(
  label: string,
  names: Record<string, string>,
  chosen: string,
  choose: (value: string) => void,
): TemplateResult {
  // Object keys that are numbers come first.
  const entries = Object.entries(names).sort(([one], [other]) => Number(other === '') - Number(one === ''))
  return html`
    <select
      aria-label=${label}
      .value=${chosen}
      @change=${(event: Event) => {
        choose((event.currentTarget as HTMLSelectElement).value)
      }}
    >
      ${entries.map(([value, name]) => html`<option value=${value} ?selected=${value === chosen}>${name}</option>`)}
    </select>
  `
}

function table({ items }: ListPage<Webhook>, state: State, actions: Actions): TemplateResult {
  const { selection, isListLate } = state
  const picked = items.filter(({ id }) => selection.keyIds.has(id)).length
  return html`
    <table class="list-table webhooks" aria-busy=${isListLate}>
      <caption class="unseen">
        Webhooks
      </caption>
      <thead>
        <tr>
          <td class="pick">
            <label>
              <input
                type="checkbox"
                aria-label="Select all on this page"
                .checked=${picked === items.length}
                .indeterminate=${picked > 0 && picked < items.length}
                ?disabled=${picked < items.length && mayNotSelect(state)}
                @change=${(event: Event) => {
                  actions.select(items, (event.currentTarget as HTMLInputElement).checked)
                }}
              />
              <span>Select all on this page</span>
            </label>
          </td>
          <th scope="col">Webhook</th>
          <th scope="col">URL</th>
          <th scope="col">Secret</th>
          <th scope="col">Age</th>
          <th scope="col">Live keys</th>
        </tr>
      </thead>
      <tbody>
        ${items.map((webhook) => row(webhook, state, actions))}
      </tbody>
    </table>
  `
}

/** Rows of an earlier search are not in the list to which the selection belongs. */
function mayNotSelect({ selection, isListLate }: State): boolean {
  return isListLate || selection.keyIds.size >= maxSelected
}

function row(
  { applicationId, id, url, keyFingerprint, keyCreatedAt, liveKeys, overlapEndsAt }: Webhook,
  state: State,
  actions: Actions,
): TemplateResult {
  const { selection, now } = state
  const isPicked = selection.keyIds.has(id)
  const isOverlapping = overlapEndsAt !== null && Date.parse(overlapEndsAt) > now
  // Unlike `change`, `click` says if Shift is held, even if the space bar caused it.
  const click = (event: MouseEvent) => {
    actions.selectOne(id, (event.currentTarget as HTMLInputElement).checked, event.shiftKey)
  }
  return html`
    <tr class=${isPicked ? 'picked' : ''}>
      <td class="pick">
        <label
          ><input
            type="checkbox"
            aria-label="Select ${id}"
            .checked=${isPicked}
            ?disabled=${!isPicked && mayNotSelect(state)}
            @click=${click}
        /></label>
      </td>
      <th scope="row">
        <a class="whole" href=${address.webhook({ applicationId, webhookId: id })} title=${id}>${id}</a>
      </th>
      <td class="quiet" title=${url}>${url}</td>
      <td>
        ${keyFingerprint === null ? html`<span class="quiet">none yet</span>` : html`<code>${keyFingerprint}</code>`}
      </td>
      <td class="quiet">${keyCreatedAt === null ? nothing : roughly(now - Date.parse(keyCreatedAt))}</td>
      <td>
        ${
          isOverlapping
            ? html`<span class="tag previous">${liveKeys}</span>
                <span class="quiet">until ${time(overlapEndsAt, now)}</span>`
            : html`<span class="quiet">${Math.min(liveKeys, 1)}</span>`
        }
      </td>
    </tr>
  `
}
