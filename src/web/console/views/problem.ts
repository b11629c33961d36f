import { html, nothing, type TemplateResult } from 'lit-html'
import type { Problem } from '../problem.ts'
import { isOnTop, isStale, pageProblems } from '../page-problems.ts'
import type { State } from '../state.ts'
import { countdown } from '../time.ts'

/** Renders the failures that the page shows once, at its top. */
export function problemsOnTop(state: State, retry: () => void): TemplateResult {
  return html`
    ${pageProblems(state).map((failure) => problem(failure, state.now, retry))}
    ${isStale(state) ? html`<p class="quiet">The page shows what it loaded before that.</p>` : nothing}
  `
}

/** Renders the failure of a part of the page, unless the page shows it at its top. @param retry as for `problem` */
export function partProblem(failure: Problem, state: State, retry?: () => void): TemplateResult {
  return isOnTop(failure, state)
    ? html`<p class="quiet">Not available: see the top of the page.</p>`
    : problem(failure, state.now, retry)
}

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
