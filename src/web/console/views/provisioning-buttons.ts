import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { State } from '../state.ts'

/** Renders the buttons that open the dialogs of `actions/provisioning.ts`. */
function button(label: string, open: () => void, className = ''): TemplateResult {
  return html`<button type="button" class=${className} @click=${open}>${label}</button>`
}

export function createApplication(actions: Actions, className = ''): TemplateResult {
  const open = () => {
    actions.openApplicationForm(null)
  }
  return button('Create an application…', open, className)
}

export function editApplication({ application }: State, actions: Actions): TemplateResult | typeof nothing {
  if (application.is !== 'done') return nothing
  return button('Edit…', () => {
    actions.openApplicationForm(application.value)
  })
}

export function createWebhook(applicationId: string, actions: Actions, className = ''): TemplateResult {
  const open = () => {
    actions.openWebhookForm(applicationId, null)
  }
  return button('Create a webhook…', open, className)
}

export function editWebhook({ webhook }: State, actions: Actions): TemplateResult | typeof nothing {
  if (webhook.is !== 'done') return nothing
  return button('Edit…', () => {
    actions.openWebhookForm(webhook.value.applicationId, webhook.value)
  })
}
