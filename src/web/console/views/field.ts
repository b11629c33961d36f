import { html, nothing, type TemplateResult } from 'lit-html'
import type { Fault } from '../fault.ts'

interface FieldOptions {
  value?: string
  help?: string | TemplateResult
  isOptional?: boolean
  isMasked?: boolean
  hasFocus?: boolean
  disabled: boolean
}

/** Renders a dialog's text input with its explanation or, after an attempt, what was wrong with its value. */
export function field(
  id: string,
  label: string | TemplateResult,
  fault: Fault | null,
  { value = '', help, isOptional = false, isMasked = false, hasFocus = false, disabled }: FieldOptions,
): TemplateResult {
  const wrong = fault?.field === id ? fault.text : null
  const note = wrong ?? help
  return html`
    <div class="field">
      <label for=${id}>${label}${isOptional ? html` <span class="quiet">(optional)</span>` : nothing}</label>
      <input
        id=${id}
        class=${isMasked ? 'masked' : nothing}
        type="text"
        dir="auto"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        .value=${value}
        ?autofocus=${hasFocus}
        ?disabled=${disabled}
        aria-invalid=${wrong === null ? nothing : 'true'}
        aria-describedby=${note === undefined ? nothing : `${id}-note`}
      />
      ${
        note === undefined
          ? nothing
          : html`<p class=${wrong === null ? 'quiet' : 'bad'} id="${id}-note">${note}</p>`
      }
    </div>
  `
}

/** Returns the text in a form's input, without surrounding spaces. @param id the input's ID */
export function textIn(form: EventTarget | null, id: string): string {
  const input = (form as HTMLFormElement).elements.namedItem(id)
  return input === null ? '' : (input as HTMLInputElement).value.trim()
}

/** Explains the ID of an application or a webhook. */
export const idRule = "Up to 64 letters, digits, '_', '.' or '-', not only dots. It cannot change later."
