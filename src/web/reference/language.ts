let chosen: string | undefined

/** Selects the sample language that the reader chose on an earlier page. */
export function keepLanguage(): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>('#language input')) {
    radio.checked = chosen === undefined ? radio.checked : radio.value === chosen
    radio.addEventListener('change', () => (chosen = radio.value))
  }
}
