import { nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import type { State } from '../state.ts'
import { action, type Action } from './action.ts'

export function createApplication(state: State, actions: Actions, kind?: Action['kind']): TemplateResult {
  return action(state, {
    id: 'create-application',
    label: 'Create an application…',
    scope: 'applications:write',
    applicationId: null,
    ...(kind && { kind }),
    run: () => {
      actions.openApplicationForm(null)
    },
  })
}

export function editApplication(state: State, actions: Actions): TemplateResult | typeof nothing {
  const { application } = state
  if (application.is !== 'done') return nothing
  return action(state, {
    id: 'edit',
    label: 'Edit…',
    scope: 'applications:write',
    applicationId: application.value.id,
    run: () => {
      actions.openApplicationForm(application.value)
    },
  })
}

export function createWebhook(
  state: State,
  applicationId: string,
  actions: Actions,
  kind?: Action['kind'],
): TemplateResult {
  return action(state, {
    id: 'create-webhook',
    label: 'Create a webhook…',
    scope: 'webhooks:write',
    applicationId,
    ...(kind && { kind }),
    run: () => {
      actions.openWebhookForm(applicationId, null)
    },
  })
}

export function editWebhook(state: State, actions: Actions): TemplateResult | typeof nothing {
  const { webhook } = state
  if (webhook.is !== 'done') return nothing
  return action(state, {
    id: 'edit',
    label: 'Edit…',
    scope: 'webhooks:write',
    applicationId: webhook.value.applicationId,
    run: () => {
      actions.openWebhookForm(webhook.value.applicationId, webhook.value)
    },
  })
}
