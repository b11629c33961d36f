import { html, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { LeaveDialog } from '../dialogs.ts'
import type { State } from '../state.ts'
import { dialog } from './dialog.ts'

/** Asks for confirmation before an unsaved secret or link is lost. */
export function leaveDialog({ bulk }: State, { proceed }: LeaveDialog, actions: Actions): TemplateResult {
  const { title, loss, stay } = !bulk ? one : bulk.kind === 'invite' ? links : secrets
  return dialog(
    title,
    actions.closeDialog,
    html`
      <div class="outcome bad">
        <p>${loss}</p>
      </div>
      <p class="buttons">
        <button type="button" class="primary" autofocus @click=${actions.closeDialog}>${stay}</button>
        <button type="button" class="danger" @click=${proceed}>
          Continue without ${bulk ? 'them' : 'it'}
        </button>
      </p>
    `,
  )
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
