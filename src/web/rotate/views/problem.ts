import { html, nothing, type TemplateResult } from 'lit-html'
import type { Problem } from '../problem.ts'
import { reference } from './stopped.ts'

/** @param now milliseconds since 1970 */
export function problem({ title, text, retryAt, requestId }: Problem, now: number): TemplateResult {
  const seconds = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1_000)
  return html`
    <div class="notice bad" role="alert">
      <p><strong>${title}.</strong> ${text}</p>
      ${seconds > 0 ? html`<p aria-live="off">Try again in ${seconds} s.</p>` : nothing}
      ${requestId === null ? nothing : reference(requestId)}
    </div>
  `
}
