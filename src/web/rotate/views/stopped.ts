import { html, nothing, type TemplateResult } from 'lit-html'
import type { Actions } from '../actions.ts'
import type { Problem } from '../problem.ts'

/** Says why there is nothing to do, and what the reader can do about it. */
export function stopped({ title, text, canRetry, requestId }: Problem, actions: Actions): TemplateResult {
  return html`
    <h1 tabindex="-1">${title}</h1>
    <p class="lead">${text}</p>
    ${requestId === null ? nothing : reference(requestId)}
    ${
      canRetry
        ? html`<p class="buttons"><button type="button" @click=${actions.open}>Try again</button></p>`
        : nothing
    }
  `
}

/** Names the request, so that the operator finds it in the server's log. */
export function reference(requestId: string): TemplateResult {
  return html`<p class="quiet">The server's log knows this as request <code>${requestId}</code>.</p>`
}
