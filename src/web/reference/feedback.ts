/** Lets the reader answer "Was this page helpful?". */
export function startFeedback(question: HTMLElement): void {
  const buttons = [...question.querySelectorAll('button')]
  const status = question.querySelector('[role=status]')
  const answer = async (chosen: HTMLButtonElement) => {
    for (const button of buttons) button.disabled = true
    const { url = '', operation } = question.dataset
    const failure = await send(url, { helpful: chosen.value === 'yes', operationId: operation })
    if (failure === undefined) chosen.setAttribute('aria-pressed', 'true')
    else for (const button of buttons) button.disabled = false
    if (status) status.textContent = failure ?? `You answered “${chosen.textContent}”. Thank you.`
  }
  for (const button of buttons) {
    button.disabled = false
    button.addEventListener('click', () => void answer(button))
  }
}

/** Sends the reader's answer. @returns an error message for the reader; undefined on success */
async function send(url: string, answer: object): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
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
