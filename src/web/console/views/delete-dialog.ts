import { html, nothing, type TemplateResult } from 'lit-html'
import { plural } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import type { DeleteDialog } from '../dialogs.ts'
import type { State } from '../state.ts'
import { dialog } from './dialog.ts'
import { field, textIn } from './field.ts'
import { problem } from './problem.ts'

/** Explains what a deletion destroys, and asks for the ID. */
export function deleteDialog(state: State, asked: DeleteDialog, actions: Actions): TemplateResult {
  const { applicationId, webhookId, busy: disabled, fault } = asked
  const id = webhookId ?? applicationId
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!disabled) void actions.remove(asked, textIn(event.currentTarget, 'confirmation'))
  }
  return dialog(
    `Delete ${id}?`,
    actions.closeDialog,
    html`
      <form @submit=${submit}>
        <div class="outcome bad">${webhookId === null ? ofApplication(asked) : ofWebhook(state)}</div>
        ${field('confirmation', html`Type <code>${id}</code> to confirm`, fault, { hasFocus: true, disabled })}
        ${asked.problem ? problem(asked.problem, state.now) : nothing}
        <p class="buttons">
          <button class="danger solid" aria-disabled=${disabled}>${disabled ? 'Deleting…' : 'Delete'}</button>
          <button type="button" ?disabled=${disabled} @click=${actions.closeDialog}>Cancel</button>
        </p>
      </form>
    `,
  )
}

function ofApplication({ webhooks }: DeleteDialog): TemplateResult {
  const count = webhooks === null ? 'all its webhooks' : `its ${plural(webhooks, 'webhook')}`
  const what =
    webhooks === 0 ? 'the application, which has no webhooks' : `${count} with all keys and invitations`
  return html`
    <p>
      This deletes ${what}, immediately and permanently. Rekey no longer signs or verifies any of its
      messages.
    </p>
    <p>Only the audit trails remain.</p>
  `
}

function ofWebhook({ webhook }: State): TemplateResult {
  const count = webhook.is === 'done' ? webhook.value.liveKeys : 0
  return html`
    <p>
      This deletes the webhook with its ${count === 0 ? 'keys' : plural(count, 'live key')} and invitations,
      immediately and permanently. Rekey no longer signs or verifies its messages.
    </p>
    <p>Only the audit trail remains.</p>
  `
}
