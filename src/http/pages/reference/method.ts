import { html, type Html } from './html.ts'

/** Shows an operation's method in the color of its kind. */
export function method({ method }: { method: string }): Html {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`
}
