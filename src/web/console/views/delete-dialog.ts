import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { DeleteDialog } from '../dialogs.ts'
import type { State } from '../state.ts'
import { dialog } from './dialog.ts'
import { field, textIn } from './field.ts'
import { problem } from './problem.ts'

/** Says what a deletion destroys, and asks for the ID. */
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
        <div class="outcome bad">${webhookId === null ? ofApplication() : ofWebhook(state)}</div>
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

function ofApplication(): TemplateResult {
  return html`
    <p>
      All its webhooks, their keys and invitations are deleted at once, and nothing brings them back. Rekey
      stops signing and verifying for every one of them.
    </p>
    <p>Only the audit trails remain.</p>
  `
}

function ofWebhook({ webhook }: State): TemplateResult {
  const count = webhook.is === 'done' ? webhook.value.liveKeys : null
  const keys = count === null || count === 0 ? 'keys' : count === 1 ? 'live key' : `${count} live keys`
  return html`
    <p>
      The webhook, its ${keys} and its invitations are deleted at once, and nothing brings them back. Rekey
      stops signing and verifying for it.
    </p>
    <p>Only the audit trail remains.</p>
  `
}
