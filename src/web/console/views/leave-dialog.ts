import { html, nothing, type TemplateResult } from 'lit-html'
import { plural } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { holdsUnsavedLines } from '../bulk.ts'
import type { LeaveDialog } from '../dialogs.ts'
import { retriable, type State } from '../state.ts'
import { dialog } from './dialog.ts'

/** Asks for confirmation before an unsaved secret or link is lost. */
export function leaveDialog(state: State, { proceed }: LeaveDialog, actions: Actions): TemplateResult {
  const { bulk } = state
  const unsaved = !bulk ? one : bulk.kind === 'invite' ? links : secrets
  const { title, loss, stay } = bulk && !holdsUnsavedLines(bulk) ? missing : unsaved
  const retried = retriable(state)
  const retry = () => {
    actions.closeDialog()
    void actions.runBulkAgain(retried)
  }
  return dialog(
    title,
    actions.closeDialog,
    html`
      <div class="outcome bad">
        ${loss === null ? nothing : html`<p>${loss}</p>`} ${retried.length > 0 ? lost(retried) : nothing}
      </div>
      <p class="buttons">
        ${
          retried.length > 0
            ? html`<button type="button" class="primary" autofocus @click=${retry}>
                Try the ${retried.length === 1 ? 'lost rotation' : `${retried.length} lost rotations`} again
              </button>`
            : nothing
        }
        <button
          type="button"
          class=${retried.length > 0 ? '' : 'primary'}
          ?autofocus=${retried.length === 0}
          @click=${actions.closeDialog}
        >
          ${stay}
        </button>
        <button type="button" class="danger" @click=${proceed}>
          Continue without ${bulk ? 'them' : 'it'}
        </button>
      </p>
    `,
  )
}

function lost(webhookIds: readonly string[]): TemplateResult {
  return html`
    <p>
      ${plural(webhookIds.length, 'response was', 'responses were')} lost. If the rotation happened, nobody
      has seen the new secret of:
    </p>
    <p class="ids" tabindex="0">${webhookIds.join(', ')}</p>
    <p>
      Only this page can still get it. If you try again within 10 minutes, the page sends the same
      Idempotency-Key, so Rekey returns that secret and does not rotate twice. If you continue, the page
      discards the Idempotency-Key, and you have to rotate again.
    </p>
  `
}

const one = {
  title: 'The new secret has not been copied',
  loss: 'This page is the only place where you can read it. If you continue, it is lost, and you have to rotate again.',
  stay: 'Stay and copy it',
}
const secrets = {
  title: 'The new secrets have not been saved',
  loss: 'This page is the only place that has them. If you continue, they are lost, and you have to rotate these webhooks again.',
  stay: 'Stay and save them',
}
const links = {
  title: 'The links have not been saved',
  loss: 'Rekey never shows them again. If you continue, they are lost, and you have to invite again.',
  stay: 'Stay and save them',
}
const missing = { title: 'Some new secrets have not arrived', loss: null, stay: 'Stay' }
