import { html, nothing, type TemplateResult } from 'lit-html'
import { plural, roughly } from '../../shared/words.ts'
import type { Actions } from '../actions/actions.ts'
import { keyEnd, liveKeys } from '../overlap.ts'
import { address } from '../route.ts'
import type { State, Webhook } from '../state.ts'
import { countdown } from '../time.ts'
import { loaded, showMore } from './loaded.ts'
import { createWebhook, editApplication } from './provisioning-buttons.ts'
import { openById } from './open-by-id.ts'
import { overlapBar } from './timeline.ts'
import { time } from './time.ts'

export function application(state: State, applicationId: string, actions: Actions): TemplateResult {
  const name = state.application.is === 'done' ? state.application.value.name : null
  const { webhooks } = state
  const isEmpty = webhooks.is === 'done' && webhooks.value.items.length === 0
  return html`
    <div class="heading">
      <div>
        <h1 tabindex="-1">${applicationId}</h1>
        ${name === null ? nothing : html`<p class="lead url">${name}</p>`}
      </div>
      <p class="buttons">
        ${editApplication(state, actions)} ${isEmpty ? nothing : createWebhook(state, applicationId, actions)}
      </p>
    </div>
    <h2>Webhooks</h2>
    ${loaded(webhooks, state, actions, (list) =>
      list.items.length === 0
        ? none(state, applicationId, actions)
        : html`
            <ul class="cards">
              ${list.items.map((item) => card(item, state))}
            </ul>
            ${showMore(list, state, actions, 'Show more webhooks')}
          `,
    )}
    ${webhooks.is === 'failed' && webhooks.problem.status === 403 ? openById(applicationId) : nothing}
  `
}

function card(webhook: Webhook, { overlaps, now }: State): TemplateResult {
  const { applicationId, id, url, keyFingerprint, keyCreatedAt } = webhook
  const keys = overlaps[id]
  const live = keys ? liveKeys(keys, now) : []
  const count = keys ? live.length : webhook.liveKeys
  const end = Math.max(...live.slice(1).map(keyEnd))
  return html`
    <li class="card webhook-card">
      <div>
        <a class="whole" href=${address.webhook({ applicationId, webhookId: id })}><strong>${id}</strong></a>
        <p class="quiet url">${url}</p>
      </div>
      <div>
        ${
          keyFingerprint === null || keyCreatedAt === null
            ? html`<p class="quiet">no secret yet</p>`
            : html`
                <p><code>${keyFingerprint}</code></p>
                <p class="quiet">
                  ${roughly(now - Date.parse(keyCreatedAt))} old · ${plural(count, 'live key')}
                </p>
              `
        }
      </div>
      <div>
        ${
          live.length > 1
            ? html`
                ${overlapBar(live, now)}
                <p class="quiet">
                  overlap ends ${time(end, now)}, in <span class="digits">${countdown(end - now)}</span>
                </p>
              `
            : nothing
        }
      </div>
    </li>
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
