import { html, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { Dialog } from '../state.ts'
import { dialog } from './dialog.ts'

/** Asks before a secret is lost that was not copied. */
export function leaveDialog(
  { proceed }: Extract<Dialog, { kind: 'leave' }>,
  actions: Actions,
): TemplateResult {
  return dialog(
    'The new secret has not been copied',
    actions.closeDialog,
    html`
      <div class="outcome bad">
        <p>
          It is in this page and nowhere else that you could read it. If you go on, it is lost, and the
          receiver needs another rotation.
        </p>
      </div>
      <p class="buttons">
        <button type="button" class="primary" autofocus @click=${actions.closeDialog}>
          Stay and copy it
        </button>
        <button type="button" class="danger" @click=${proceed}>Go on without it</button>
      </p>
    `,
  )
}
