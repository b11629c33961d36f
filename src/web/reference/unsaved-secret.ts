/** The attribute of the element that shows a response, while leaving the page would lose the response's secret. */
const mark = 'data-secret'

const warnings = {
  awaited: ['A rotation is in progress.', 'its new secret is lost'],
  shown: ['The new secret has not been copied.', 'it is lost'],
} as const

/** Marks that the response to a rotation is awaited or shown. */
export function markSecret(output: HTMLElement, state: keyof typeof warnings | null): void {
  if (state === null) output.removeAttribute(mark)
  else output.setAttribute(mark, state)
}

/** Asks the reader whether to lose a secret. Returns true if there is none to lose. @param action what would lose the secret, as in `leave this page` */
export function mayLeave(action = 'leave this page'): boolean {
  const state = findMarked()?.getAttribute(mark)
  if (!state) return true
  const [fact, loss] = warnings[state as keyof typeof warnings]
  return confirm(`${fact} If you ${action}, ${loss}. Continue anyway?`)
}

function findMarked(): Element | null {
  return document.querySelector(`.answer[${mark}]`)
}

addEventListener('beforeunload', (event) => {
  if (findMarked()) event.preventDefault()
})
