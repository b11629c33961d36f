import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { ApplicationDialog } from '../dialogs.ts'
import type { State } from '../state.ts'
import { dialog } from './dialog.ts'
import { field, idRule, textIn } from './field.ts'
import { problem } from './problem.ts'

/** Creates an application, or edits one. */
export function applicationDialog(
  { now }: State,
  asked: ApplicationDialog,
  actions: Actions,
): TemplateResult {
  const { application, busy: disabled, fault } = asked
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!disabled) void actions.saveApplication(asked, textIn(form, 'applicationId'), textIn(form, 'name'))
  }
  return dialog(
    application ? `Edit ${application.id}` : 'Create an application',
    actions.closeDialog,
    html`
      <form @submit=${submit}>
        ${application ? nothing : field('applicationId', 'ID', fault, { help: idRule, hasFocus: true, disabled })}
        ${field('name', 'Name', fault, {
          value: application?.name ?? '',
          isOptional: true,
          hasFocus: application !== null,
          disabled,
        })}
        ${asked.problem ? problem(asked.problem, now) : nothing}
        <p class="buttons">
          <button class="primary" aria-disabled=${disabled}>
            ${disabled ? 'Saving…' : application ? 'Save' : 'Create'}
          </button>
          <button type="button" ?disabled=${disabled} @click=${actions.closeDialog}>Cancel</button>
          ${
            application
              ? html`<button
                  type="button"
                  class="danger end"
                  ?disabled=${disabled}
                  @click=${() => {
                    actions.openDeletion(application.id, null)
                  }}
                >
                  Delete…
                </button>`
              : nothing
          }
        </p>
      </form>
    `,
  )
}
