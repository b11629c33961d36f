import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { WebhookDialog } from '../dialogs.ts'
import { schemes } from '../schemes.ts'
import type { State } from '../state.ts'
import { dialog } from './dialog.ts'
import { field, idRule, textIn } from './field.ts'
import { problem } from './problem.ts'
import { schemeChoice } from './scheme-choice.ts'

/** Creates a webhook, or edits one. */
export function webhookDialog({ now }: State, asked: WebhookDialog, actions: Actions): TemplateResult {
  const { applicationId, webhook, scheme, busy: disabled, fault } = asked
  const { header, headerMayChange } = schemes[scheme]
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    const entered = {
      url: textIn(form, 'url'),
      description: textIn(form, 'description'),
      header: textIn(form, 'signatureHeader'),
    }
    if (!disabled) void actions.saveWebhook(asked, textIn(form, 'webhookId'), entered)
  }
  return dialog(
    webhook ? `Edit ${webhook.id}` : `Create a webhook in ${applicationId}`,
    actions.closeDialog,
    html`
      <form @submit=${submit}>
        ${webhook ? nothing : field('webhookId', 'ID', fault, { help: idRule, hasFocus: true, disabled })}
        ${field('url', 'URL', fault, {
          value: webhook?.url ?? '',
          hasFocus: webhook !== null,
          disabled,
        })}
        ${field('description', 'Description', fault, {
          value: webhook?.description ?? '',
          isOptional: true,
          disabled,
        })}
        ${schemeChoice(asked, actions.chooseScheme)}
        ${
          headerMayChange
            ? field('signatureHeader', headerLabel(header), fault, {
                value: webhook?.signatureScheme === scheme ? webhook.signatureHeader : header,
                disabled,
              })
            : nothing
        }
        ${asked.problem ? problem(asked.problem, now) : nothing}
        <p class="buttons">
          <button class="primary" aria-disabled=${disabled}>
            ${disabled ? 'Saving…' : webhook ? 'Save' : 'Create'}
          </button>
          <button type="button" ?disabled=${disabled} @click=${actions.closeDialog}>Cancel</button>
          ${
            webhook
              ? html`<button
                  type="button"
                  class="danger end"
                  ?disabled=${disabled}
                  @click=${() => {
                    actions.openDeletion(applicationId, webhook.id)
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

function headerLabel(header: string): TemplateResult {
  return html`Signature header <span class="quiet">(${header}, unless the receiver reads another one)</span>`
}
