import { html, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { LeaveDialog } from '../dialogs.ts'
import { dialog } from './dialog.ts'

/** Asks for confirmation before an unsaved secret is lost. */
export function leaveDialog({ proceed }: LeaveDialog, actions: Actions): TemplateResult {
  return dialog(
    'The new secret has not been copied',
    actions.closeDialog,
    html`
      <div class="outcome bad">
        <p>
          This page is the only place where you can read it. If you continue, it is lost, and you have to
          rotate again.
        </p>
      </div>
      <p class="buttons">
        <button type="button" class="primary" autofocus @click=${actions.closeDialog}>
          Stay and copy it
        </button>
        <button type="button" class="danger" @click=${proceed}>Continue without it</button>
      </p>
    `,
  )
}
