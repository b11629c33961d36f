import { element } from './element.ts'

/**
 * Creates the question "Was this page helpful?" with its two buttons.
 * @param operationId the operation to which the answer applies; undefined for the whole page
 */
function question(operationId: string | undefined): HTMLElement {
  const status = element('span', { role: 'status' })
  const buttons = [
    { helpful: true, label: 'Yes' },
    { helpful: false, label: 'No' },
  ].map(({ helpful, label }) => {
    const button = element('button', { type: 'button' }, label)
    button.addEventListener('click', () => void answer(helpful))
    return button
  })

  async function answer(helpful: boolean): Promise<void> {
    for (const button of buttons) button.disabled = true
    const failure = await send({ helpful, ...(operationId && { operationId }) })
    status.textContent = failure ?? 'Thank you for your feedback.'
    if (failure !== undefined) for (const button of buttons) button.disabled = false
  }

  return element('p', {}, 'Was this page helpful?', ...buttons, status)
}

/** Sends the reader's answer. @returns an error message for the reader; undefined on success */
async function send(answer: { helpful: boolean; operationId?: string }): Promise<string | undefined> {
  try {
    const response = await fetch('docs/feedback', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(answer),
    })
    if (response.ok) return undefined
    const { message } = (await response.json()) as { message: string }
    return message
  } catch {
    return 'Your feedback could not be sent.'
  }
}

customElements.define(
  'rekey-feedback',
  class extends HTMLElement {
    connectedCallback(): void {
      this.replaceChildren(question(this.getAttribute('x-rekey-operation') ?? undefined))
    }
  },
)
