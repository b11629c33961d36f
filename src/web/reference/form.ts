import { exchange } from './answer.ts'
import { element } from './element.ts'
import { preview, readBaseUrl, readToken, requestOf, type HttpRequest } from './request.ts'
import { fillSamples } from './samples.ts'
import { markSecret, mayLeave } from './unsaved-secret.ts'

/**
 * The values that all operations share, by the name of their input, so that the reader enters them only once. They
 * include a token, so they exist only in the page's memory.
 */
const shared = new Map<string, string>()

const mask = 'Bearer ••••••••'

/** Brings the page's form to life. */
export function startForm(form: HTMLFormElement): void {
  const inputs = [...form.querySelectorAll<HTMLInputElement>('input, textarea')]
  const shown = form.querySelector('.preview code')
  const send = form.querySelector<HTMLButtonElement>('button.primary')
  const output = form.querySelector<HTMLElement>('.answer')
  const reveal = form.querySelector<HTMLButtonElement>('[aria-pressed]')
  const token = form.querySelector<HTMLInputElement>('#token')
  if (!shown || !send || !output || !reveal || !token) return

  const stale = element('p', { class: 'stale' }, 'The inputs have changed since this response.')
  let sent: string | undefined
  const update = () => {
    const isTokenShown = reveal.getAttribute('aria-pressed') === 'true'
    for (const input of inputs) input.setCustomValidity(faultOf(input))
    const request = requestOf(form)
    shown.textContent = preview(isTokenShown ? request : masked(request))
    fillSamples(form, isTokenShown)
    stale.hidden = sent === undefined || preview(request) === sent
  }

  for (const input of inputs) {
    const isShared = /^(baseUrl|token|path\.)/.test(input.name)
    if (isShared) input.value = shared.get(input.name) ?? input.value
    if (input.name === 'baseUrl' && input.value === '') input.value = serverOf(form)
    input.addEventListener('input', () => {
      if (isShared) shared.set(input.name, input.value)
      update()
    })
  }
  reveal.hidden = false
  reveal.addEventListener('click', () => {
    const isShown = reveal.getAttribute('aria-pressed') !== 'true'
    reveal.setAttribute('aria-pressed', String(isShown))
    token.classList.toggle('masked', !isShown)
    update()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const request = requestOf(form)
    void confirmed(form.querySelector<HTMLDialogElement>('dialog'), request).then(async (isConfirmed) => {
      if (!isConfirmed || !mayLeave('send this request')) return
      send.disabled = true
      sent = undefined
      output.replaceChildren(element('p', { class: 'quiet' }, 'Sending…'))
      markSecret(output, request.method === 'PATCH' ? 'awaited' : null)
      const parts = await exchange(request)
      sent = preview(request)
      output.replaceChildren(stale, ...parts)
      markSecret(output, output.querySelector('.secret') ? 'shown' : null)
      send.disabled = false
      update()
    })
  })
  output.addEventListener('copied', () => {
    markSecret(output, null)
  })
  output.addEventListener('copy', () => {
    const secret = output.querySelector('.secret .value')?.textContent
    if (secret && String(getSelection()).includes(secret)) markSecret(output, null)
  })
  send.addEventListener('click', () => {
    for (const group of form.querySelectorAll('details'))
      group.open ||= group.querySelector(':invalid') !== null
  })
  send.disabled = false
  update()
}

/** Returns the URL of the server that served the page, including any path prefix that a proxy adds. */
function serverOf({ dataset }: HTMLElement): string {
  return new URL(dataset['root'] ?? '', location.href).href.replace(/\/$/, '')
}

/** @returns an error message; empty if the input's value is valid */
function faultOf({ name, value, dataset: { pattern, rule = '' } }: HTMLInputElement): string {
  if (name === 'baseUrl' && readBaseUrl(value) === undefined)
    return 'Enter an http or https URL, for example https://api.example.com'
  if (value === '') return ''
  if (name === 'token' && readToken(value) === undefined)
    return 'Enter a bearer token without spaces or special characters'
  return pattern !== undefined && !new RegExp(pattern, 'u').test(value) ? `The value ${rule}` : ''
}

function masked({ headers, ...request }: HttpRequest): HttpRequest {
  return { ...request, headers: { ...headers, ...('Authorization' in headers && { Authorization: mask }) } }
}

/** Asks the reader in the operation's dialog, if it has one. */
async function confirmed(dialog: HTMLDialogElement | null, { method, url }: HttpRequest): Promise<boolean> {
  const target = dialog?.querySelector('code')
  if (!dialog || !target) return true
  target.textContent = `${method} ${url.href}`
  dialog.returnValue = ''
  for (const button of dialog.querySelectorAll('button'))
    button.onclick = () => {
      dialog.close(button.value)
    }
  dialog.showModal()
  await new Promise<void>((resolve) => {
    // Browsers fire the event a moment later. If the reader has sent again by then, the dialog is open again.
    dialog.onclose = () => {
      if (!dialog.open) resolve()
    }
  })
  return dialog.returnValue === 'send'
}
