import { element } from './element.ts'

/** Creates a button that copies text and says so. Without HTTPS, browsers refuse to copy. */
export function copyButton(text: () => string): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'copy' }, 'Copy')
  button.addEventListener('click', () => {
    void copy(text()).then((outcome) => {
      button.textContent = outcome
      setTimeout(() => (button.textContent = 'Copy'), 2_000)
    })
  })
  return button
}

async function copy(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text)
    return 'Copied'
  } catch {
    return 'Not copied: select the text instead'
  }
}
