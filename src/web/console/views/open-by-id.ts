import { html, type TemplateResult } from 'lit-html'
import { address } from '../route.ts'

const pattern = '\\.*[A-Za-z0-9_\\-][A-Za-z0-9_.\\-]*'

/** Renders a form that opens a webhook by its ID, for tokens that cannot list applications or webhooks. */
export function openById(knownApplicationId?: string): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const { elements } = event.currentTarget as HTMLFormElement
    const read = (id: string) => (elements.namedItem(id) as HTMLInputElement).value
    const applicationId = knownApplicationId ?? read('application-id')
    location.hash = address.webhook({ applicationId, webhookId: read('webhook-id') })
  }
  return html`
    <form class="open-by-id" @submit=${submit}>
      <p>You can still open a webhook if you know its ID.</p>
      <div class="fields">
        ${knownApplicationId === undefined ? field('application-id', 'Application') : ''}
        ${field('webhook-id', 'Webhook')}
        <button>Open</button>
      </div>
    </form>
  `
}

function field(id: string, label: string): TemplateResult {
  return html`
    <div>
      <label for=${id}>${label}</label>
      <input id=${id} required maxlength="64" pattern=${pattern} autocapitalize="off" spellcheck="false" />
    </div>
  `
}
