import { html, nothing, type TemplateResult } from 'lit-html'
import type { Problem } from '../problem.ts'
import { countdown } from '../time.ts'

/**
 * Renders a failure.
 * @param retry called when the user clicks "Try again"; without it, or after a 403 or 404, there is no such button
 */
export function problem(
  { status, title, text, retryAt, requestId }: Problem,
  now: number,
  retry?: () => void,
): TemplateResult {
  const waitsMs = retryAt === null ? 0 : retryAt - now
  return html`
    <div class=${status === 403 ? 'notice' : 'notice bad'} role=${status === 403 ? nothing : 'alert'}>
      <p><strong>${title}.</strong> ${text}</p>
      ${waitsMs > 0 ? html`<p aria-live="off">Try again in ${countdown(waitsMs)}.</p>` : nothing}
      ${
        status !== null && status >= 500 && requestId !== null
          ? html`<p class="quiet">The server's log has details for request <code>${requestId}</code>.</p>`
          : nothing
      }
      ${
        retry && status !== 403 && status !== 404
          ? html`<p><button type="button" ?disabled=${waitsMs > 0} @click=${retry}>Try again</button></p>`
          : nothing
      }
    </div>
  `
}
