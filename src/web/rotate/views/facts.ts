import { html, type TemplateResult } from 'lit-html'
import type { Invitation } from '../state.ts'

/** Shows whose webhook the invitation is for. */
export function facts({
  applicationId,
  applicationName,
  webhookId,
  receiverOrigin,
}: Invitation): TemplateResult {
  return html`
    <dl class="facts">
      <div>
        <dt>Application</dt>
        <dd>
          ${
            applicationName === null
              ? html`<code>${applicationId}</code>`
              : html`<strong dir="auto">${applicationName}</strong> <code>${applicationId}</code>`
          }
        </dd>
      </div>
      <div>
        <dt>Webhook</dt>
        <dd><code>${webhookId}</code></dd>
      </div>
      <div>
        <dt>Delivers to</dt>
        <dd><code>${receiverOrigin}</code></dd>
      </div>
    </dl>
  `
}

/** Names the webhook's owner in a sentence. */
export function whose({ applicationId, applicationName, webhookId }: Invitation): TemplateResult {
  return html`It signs the messages of the webhook <code>${webhookId}</code> of
    <bdi>${applicationName ?? applicationId}</bdi>.`
}
