import { html, nothing, type TemplateResult } from 'lit-html'
import { missing, type Scope } from '../rights.ts'
import type { State } from '../state.ts'

export interface Action {
  /** Unique on the page. */
  id: string
  label: string | TemplateResult
  /** For screen readers, where the label does not say which item the button is for. */
  fullLabel?: string
  scope: Scope
  /** Null for an application that is not chosen yet. */
  applicationId: string | null
  kind?: 'primary' | 'danger' | 'danger solid'
  /** Whether the action is in progress. */
  isBusy?: boolean
  /** Called when the user presses the button, unless it is disabled or busy. Without it, the button submits its form. */
  run?: () => void
}

/**
 * Renders the button of an action that needs a scope. If the token lacks it, the button is disabled, but the keyboard
 * reaches it, and it says which scope is missing.
 */
export function action(
  state: State,
  { id, label, fullLabel, scope, applicationId, kind, isBusy = false, run }: Action,
): TemplateResult {
  const reason = missing(state, scope, applicationId)
  const press = (event: Event) => {
    if (reason !== null || isBusy) event.preventDefault()
    else run?.()
  }
  return html`
    <span class="action">
      <button
        id=${id}
        type=${run ? 'button' : 'submit'}
        class=${kind ?? nothing}
        title=${reason ?? nothing}
        aria-label=${fullLabel ?? nothing}
        aria-disabled=${reason !== null || isBusy}
        aria-describedby=${reason === null ? nothing : `${id}-missing`}
        @click=${press}
      >
        ${label}
      </button>
      ${reason === null ? nothing : html`<span class="reason" id="${id}-missing">${reason}</span>`}
    </span>
  `
}
