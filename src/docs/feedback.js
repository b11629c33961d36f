import { element } from './element.js'

/**
 * "Was this page helpful?", with the two answers to it.
 * @param {string | undefined} operationId the operation that the question stands at
 */
function question(operationId) {
  const status = element('span', { role: 'status' })
  const buttons = [
    { helpful: true, label: 'Yes' },
    { helpful: false, label: 'No' },
  ].map(({ helpful, label }) => {
    const button = element('button', { type: 'button' }, label)
    button.addEventListener('click', () => void answer(helpful))
    return button
  })

  /** @param {boolean} helpful */
  async function answer(helpful) {
    for (const button of buttons) button.disabled = true
    const failure = await send({ helpful, ...(operationId && { operationId }) })
    status.textContent = failure ?? 'Thank you. Your answer is stored.'
    if (failure !== undefined) for (const button of buttons) button.disabled = false
  }

  return element('p', {}, 'Was this page helpful?', ...buttons, status)
}

/**
 * @param {{ helpful: boolean, operationId?: string }} answer
 * @returns {Promise<string | undefined>} why it was not stored
 */
async function send(answer) {
  try {
    const response = await fetch('docs/feedback', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(answer),
    })
    if (response.ok) return undefined
    const { message } = /** @type {{ message: string }} */ (await response.json())
    return message
  } catch {
    return 'Your answer could not be sent.'
  }
}

customElements.define(
  'rekey-feedback',
  class extends HTMLElement {
    connectedCallback() {
      this.replaceChildren(question(this.getAttribute('x-rekey-operation') ?? undefined))
    }
  },
)
