import { html, nothing, type TemplateResult } from 'lit-html'
import { plural } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { grouped, unfinished, type Bulk, type Group } from '../bulk.ts'
import { holdsUnsavedSecret, retriable, type State } from '../state.ts'

/** Shows what a bulk action did and did not do, and the file with the new secrets or links. */
export function bulkReport(bulk: Bulk, state: State, actions: Actions): TemplateResult {
  const { session } = state
  const { failed, untried } = unfinished(bulk)
  const again = (ids: string[]) => () => {
    void actions.runBulkAgain(ids)
  }
  return html`
    ${bulk.lines.length > 0 ? file(bulk, actions) : nothing}
    <ul class="results">
      ${grouped(bulk).map(group)}
      ${untried.length > 0 ? group({ is: 'untried', text: 'Not tried', webhookIds: untried }) : nothing}
    </ul>
    ${
      retriable(state).length > 0
        ? html`<p class="quiet">
            If you try again within 10 minutes, the console sends the same Idempotency-Key. A rotation that
            has happened is then not repeated, and the console gets its secret.
          </p>`
        : nothing
    }
    <p class="buttons">
      ${
        failed.length > 0 && session
          ? html`<button
              type="button"
              class=${retriable(state).length > 0 ? 'primary' : ''}
              @click=${again(failed)}
            >
              Try the ${plural(failed.length, 'failed webhook')} again
            </button>`
          : nothing
      }
      ${
        untried.length > 0 && session
          ? html`<button type="button" @click=${again(untried)}>
              Continue with the other ${plural(untried.length, 'webhook')}
            </button>`
          : nothing
      }
      <button type="button" class=${holdsUnsavedSecret(state) ? '' : 'primary'} @click=${actions.closeBulk}>
        Close
      </button>
    </p>
  `
}

function file(bulk: Bulk, actions: Actions): TemplateResult {
  const { kind, lines, saved, copyFailed } = bulk
  const isInvitations = kind === 'invite'
  return html`
    <div class="outcome file ${saved ? '' : 'unsaved'}">
      <p>
        <strong
          >${plural(lines.length, isInvitations ? 'link' : 'new secret')}${saved ? ', saved' : ', not saved yet'}.</strong
        >
        ${
          isInvitations
            ? 'Anyone who opens a link can rotate that secret, once.'
            : 'This page is the only place that has them. Keep the file as safe as the secrets.'
        }
      </p>
      <p class="buttons">
        <button type="button" class=${saved ? '' : 'primary'} @click=${actions.saveLines}>
          ${saved ? 'Save the file again' : 'Save the file'}
        </button>
        ${isInvitations ? html`<button type="button" @click=${actions.copyLinks}>Copy the links</button>` : nothing}
      </p>
      ${
        copyFailed
          ? html`<p role="alert" class="bad">The browser blocked the copy. Save the file instead.</p>`
          : nothing
      }
    </div>
  `
}

function group({
  is,
  text,
  webhookIds,
}: Omit<Group, 'is'> & { is: Group['is'] | 'untried' }): TemplateResult {
  // The probe was done, but the receiver failed it.
  const [kind, mark] =
    is === 'failed'
      ? ['bad', '✗']
      : is === 'untried'
        ? ['', '–']
        : text.startsWith('Not proven')
          ? ['warning', '!']
          : ['good', '✓']
  return html`
    <li>
      <details>
        <summary>
          <span class=${kind}>${mark} ${webhookIds.length}</span>
          ${text}
        </summary>
        <p class="ids" tabindex="0">${webhookIds.join(', ')}</p>
      </details>
    </li>
  `
}
