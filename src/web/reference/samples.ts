import { copyButton } from './copy.ts'
import { readBaseUrl, readToken } from './request.ts'

/**
 * Puts the form's values into the samples. Keeps the placeholder for a missing or invalid value and for a masked
 * token, so that a copied sample contains the token only if the reader sees it.
 */
export function fillSamples(form: HTMLFormElement, isTokenShown: boolean): void {
  for (const blank of document.querySelectorAll<HTMLElement>('[data-fill]')) {
    const { fill: name = '' } = blank.dataset
    const value = new FormData(form).get(name === 'tls' ? 'baseUrl' : name)
    const placeholder = (blank.dataset['placeholder'] ??= blank.textContent)
    blank.textContent = valueOf(name, typeof value === 'string' ? value : '', isTokenShown) ?? placeholder
  }
}

function valueOf(name: string, text: string, isTokenShown: boolean): string | undefined {
  if (name === 'baseUrl') return readBaseUrl(text)
  if (name === 'tls') return String(!readBaseUrl(text)?.startsWith('http:'))
  if (name === 'token') return isTokenShown ? readToken(text) : undefined
  return encodeURIComponent(text).replaceAll("'", '%27') || undefined
}

/** Adds a button to each sample that copies it. */
export function addCopyButtons(): void {
  for (const sample of document.querySelectorAll('#language pre'))
    sample.after(copyButton(() => sample.textContent))
}
