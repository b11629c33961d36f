import { element } from './element.ts'

const copied = 'Copied'

/** Creates a button that copies text, says so, and emits `copied`. Without HTTPS, browsers refuse to copy. */
export function copyButton(text: () => string): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'copy' }, 'Copy')
  button.addEventListener('click', () => {
    void copy(text()).then((outcome) => {
      button.textContent = outcome
      if (outcome === copied) button.dispatchEvent(new Event('copied', { bubbles: true }))
      setTimeout(() => (button.textContent = 'Copy'), 2_000)
    })
  })
  return button
}

async function copy(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text)
    return copied
  } catch {
    return 'Not copied: select the text instead'
  }
}
