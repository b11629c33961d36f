import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions/actions.ts'
import { isEmptyList, type WebhooksRoute } from '../listing.ts'
import type { State } from '../state.ts'
import { createWebhook, editApplication } from './provisioning-buttons.ts'
import { openById } from './open-by-id.ts'
import { webhookList } from './webhook-list.ts'

export function application(state: State, route: WebhooksRoute, actions: Actions): TemplateResult {
  const { applicationId } = route
  const name = state.application.is === 'done' ? state.application.value.name : null
  const { webhooks } = state
  const isEmpty = webhooks.is === 'done' && isEmptyList(webhooks.value, route)
  const isUnknown = webhooks.is === 'failed' && webhooks.problem.status === 404
  return html`
    <div class="heading">
      <div>
        <h1 tabindex="-1">${applicationId}</h1>
        ${name === null ? nothing : html`<p class="lead url"><bdi>${name}</bdi></p>`}
      </div>
      <p class="buttons">
        ${editApplication(state, actions)}
        ${isEmpty || isUnknown ? nothing : createWebhook(state, applicationId, actions)}
      </p>
    </div>
    ${webhookList(state, route, actions, () => none(state, applicationId, actions))}
    ${webhooks.is === 'failed' && webhooks.problem.status === 403 ? openById(applicationId) : nothing}
  `
}

function none(state: State, applicationId: string, actions: Actions): TemplateResult {
  const target = new URL(`api/v1/applications/${applicationId}/webhooks/hook_1`, location.href).href
  return html`
    <div class="empty">
      <p><strong>This application has no webhooks yet.</strong></p>
      <p>${createWebhook(state, applicationId, actions, 'primary')}</p>
      <p>Or create one through the API, under an ID of your choice:</p>
      <pre tabindex="0"><code>curl -X PUT ${target} \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" -d '{"url": "https://merchant.example/webhooks"}'</code></pre>
    </div>
  `
}
