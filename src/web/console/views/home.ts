import { html, type TemplateResult } from 'lit-html'

/** Renders the page that says what needs attention. */
export function home(): TemplateResult {
  return html`<h1 tabindex="-1">Overview</h1>`
}
