/** The attribute of the element that shows a response, while leaving the page would lose the response's secret. */
const mark = 'data-secret'

const warnings = {
  awaited: 'A rotation is in progress. If you leave this page, its new secret is lost. Leave anyway?',
  shown: 'The new secret has not been copied. If you leave this page, it is lost. Leave anyway?',
}

/** Marks that the response to a rotation is awaited or shown. */
export function markSecret(output: HTMLElement, state: keyof typeof warnings | null): void {
  if (state === null) output.removeAttribute(mark)
  else output.setAttribute(mark, state)
}

/** Asks the reader whether to lose a secret. Returns true if there is none to lose. */
export function mayLeave(): boolean {
  const state = findMarked()?.getAttribute(mark)
  return !state || confirm(warnings[state as keyof typeof warnings])
}

function findMarked(): Element | null {
  return document.querySelector(`.answer[${mark}]`)
}

addEventListener('beforeunload', (event) => {
  if (findMarked()) event.preventDefault()
})
