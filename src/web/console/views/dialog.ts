import { html, type TemplateResult } from 'lit-html'

/** Renders a modal dialog. @param close called when the user presses Escape */
export function dialog(title: string, close: () => void, content: TemplateResult): TemplateResult {
  const cancel = (event: Event) => {
    event.preventDefault()
    close()
  }
  // Browsers may close a dialog on the second Escape although the `cancel` event was prevented.
  const reopen = (event: Event) => {
    const { isConnected, open } = event.currentTarget as HTMLDialogElement
    if (isConnected && !open) (event.currentTarget as HTMLDialogElement).showModal()
  }
  return html`
    <dialog aria-labelledby="dialog-title" @cancel=${cancel} @close=${reopen}>
      <h2 id="dialog-title" tabindex="-1">${title}</h2>
      ${content}
    </dialog>
  `
}
