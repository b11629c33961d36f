import { html, type TemplateResult } from 'lit-html'
import type { Invitation } from '../state.ts'

/** Says whose webhook the invitation is about. */
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
              : html`<strong>${applicationName}</strong> <code>${applicationId}</code>`
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

/** Says whose webhook it is in a sentence. */
export function whose({ applicationId, applicationName, webhookId }: Invitation): TemplateResult {
  return html`It signs the messages of the webhook <code>${webhookId}</code> of
    ${applicationName ?? applicationId}.`
}
