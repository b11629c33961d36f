import { html, nothing, type TemplateResult } from 'lit-html'
import { plural } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import type { BulkKind } from '../bulk.ts'
import type { ListPage, WebhooksRoute } from '../listing.ts'
import { maxSelected } from '../selection.ts'
import type { State, Webhook } from '../state.ts'
import { action } from './action.ts'
import { problem } from './problem.ts'

const buttons: [BulkKind, string][] = [
  ['rotate', 'Rotate…'],
  ['invite', 'Invite…'],
  ['probe', 'Probe…'],
  ['end', 'End overlaps…'],
]

/** Shows how many webhooks are selected, what to do with them, and how to select all that match. */
export function selectionBar(
  state: State,
  route: WebhooksRoute,
  page: ListPage<Webhook>,
  actions: Actions,
): TemplateResult {
  const { keyIds, gathering } = state.selection
  const isWholePage = page.items.every(({ id }) => keyIds.has(id))
  return html`
    <div class="selection" role="group" aria-label="Selection">
      <p class="list-count">${plural(keyIds.size, 'webhook')} selected</p>
      <p class="buttons">
        ${buttons.map(([kind, label]) =>
          action(state, {
            id: `bulk-${kind}`,
            label,
            scope: 'secrets:rotate',
            applicationId: route.applicationId,
            run: () => {
              actions.openBulk(kind)
            },
          }),
        )}
        <button type="button" class="link" @click=${actions.clearSelection}>Clear</button>
      </p>
      ${isWholePage && (page.total === null || keyIds.size < page.total) ? selectAll(route, page, gathering, actions) : nothing}
      ${gathering?.is === 'failed' ? problem(gathering.problem, state.now) : nothing}
    </div>
  `
}

function selectAll(
  route: WebhooksRoute,
  { total }: ListPage<Webhook>,
  gathering: State['selection']['gathering'],
  actions: Actions,
): TemplateResult {
  if (total === null || total > maxSelected) return tooMany(route, total)
  const isLoading = gathering?.is === 'loading'
  return html`
    <p class="more">
      <button type="button" class="link" aria-busy=${isLoading} @click=${actions.selectAllMatching}>
        ${isLoading ? 'Selecting…' : `Select all ${plural(total, 'webhook')} that match`}
      </button>
    </p>
  `
}

/** Names the commands that act on more webhooks than the page can, and that can be resumed. */
function tooMany({ applicationId, list }: WebhooksRoute, total: number | null): TemplateResult {
  const options = `--application ${applicationId}${list.olderThan === null ? '' : ` --older-than ${list.olderThan}d`}`
  return html`
    <details class="more">
      <summary>This page can select up to ${plural(maxSelected, 'webhook')}</summary>
      <p>
        For ${total === null ? 'all that match' : `all ${plural(total, 'webhook')}`}, run one of these
        commands on the
        server${
          list.search !== '' || list.state !== null
            ? '. They select by age alone, so leave out the search and the state'
            : ''
        }:
      </p>
      <pre tabindex="0"><code>rekey rotate ${options} --overlap 24h
rekey rotate --invite ${options}
rekey probe ${options} --end-overlap
rekey revoke ${options}</code></pre>
    </details>
  `
}
