import { html, type Html } from './html.ts'

interface Field {
  /** The name of the input in the page's script. */
  id: string
  /** Where the request carries the value, as in `path`. */
  place?: string
  name: string
  type: string
  required?: boolean | undefined
  description?: string
  value?: string
  example?: string
  /** A regular expression that the value must match, and the rule in words. */
  pattern?: string | undefined
  rule?: string | undefined
  masked?: boolean
  multiline?: boolean
}

/** Builds an input with its label, type and description. */
export function field(shown: Field): Html {
  const { id, place, name, type, required, description, masked } = shown
  return html`<div class="field">
    <p>
      ${place !== undefined && html`<span class="place">${place}</span> `}<label for="${id}">${name}</label
      ><span class="type">${type}</span>${required && html` <span class="required">Required</span>`}
    </p>
    ${description !== undefined && html`<p class="quiet" id="${id}-description">${description}</p>`}
    ${input(shown)}
    ${masked && html`<button type="button" class="link" aria-pressed="false" hidden>Reveal token</button>`}
  </div>`
}

function input({ id, required, description, value = '', example = '', ...shown }: Field): Html {
  const { pattern, rule, masked, multiline } = shown
  const attributes = html`id="${id}" name="${id}" spellcheck="false" autocomplete="off" autocapitalize="off"
  placeholder="${example}" ${required && html`required`} ${masked && html`class="masked"`}
  ${description !== undefined && html`aria-describedby="${id}-description"`}
  ${pattern !== undefined && html`data-pattern="${pattern}" data-rule="${rule}"`}`
  return multiline
    ? html`<textarea ${attributes} rows="${Math.min(14, example.split('\n').length)}">${value}</textarea>`
    : html`<input ${attributes} value="${value}" />`
}
