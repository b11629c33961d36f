import { element } from './element.ts'
import { baseUrlField, bodyField, parameterField, pathField, tokenField } from './fields.ts'
import { sharedInputs } from './shared-inputs.ts'
import { preview, toRequest, type Operation, type Own, type HttpRequest } from './http-request.ts'

/** How long to wait for a response, in milliseconds: much longer than the server's default request timeout. */
const responseTimeoutMs = 60_000

/** Creates an operation's try-it form, with inputs, a request preview and the response. */
function tryIt(operation: Operation, isOpen: boolean): HTMLElement {
  const own: Own = { query: {}, header: {}, body: '' }
  if (operation.body?.required) own.body = JSON.stringify(operation.body.example, null, 2)
  const request = () => toRequest(operation, sharedInputs, own)

  const shown = element('pre', { tabindex: '0', 'aria-label': 'Request Preview' })
  const show = () => {
    shown.textContent = preview(request())
  }
  sharedInputs.addEventListener('change', show)

  const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
  const optional = operation.parameters
    .filter((parameter) => parameter.in !== 'path')
    .map((parameter) => parameterField(parameter, own, show))
  if (operation.body) optional.push(bodyField(operation.body, own, show))

  const send = element('button', { type: 'submit', class: 'send' }, 'Send')
  const output = element(
    'div',
    { role: 'status' },
    element('p', {}, 'Response will appear here after sending the request'),
  )
  const form = element(
    'form',
    {},
    baseUrlField(),
    tokenField(),
    ...inPath.map(pathField),
    ...more(optional, operation.body?.required ?? false),
    element('h4', {}, 'Request Preview'),
    shown,
    send,
    element('h4', {}, 'Response'),
    output,
  )
  show()
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    send.disabled = true
    output.replaceChildren(element('p', {}, 'Sending…'))
    void exchange(request()).then((parts) => {
      output.replaceChildren(...parts)
      send.disabled = false
    })
  })
  return element('details', { open: isOpen }, element('summary', {}, 'Try it'), form)
}

/**
 * Sends the request.
 * @returns elements that show the response, or explain why there is no response
 */
async function exchange({ method, url, headers, body }: HttpRequest): Promise<HTMLElement[]> {
  try {
    const response = await fetch(url, {
      method,
      headers,
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(responseTimeoutMs),
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    const responseHeaders = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
    return [
      element('p', { class: response.ok ? 'good' : 'bad' }, `${response.status} ${response.statusText}`),
      element('pre', { tabindex: '0', 'aria-label': 'Response body' }, indent(text)),
      element(
        'details',
        {},
        element('summary', {}, 'Headers'),
        element('pre', { tabindex: '0', 'aria-label': 'Response headers' }, responseHeaders),
      ),
    ]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [
      element('p', { class: 'bad' }, `No response: ${reason}`),
      element(
        'p',
        {},
        `${url.origin} is unreachable, or does not allow requests from pages of other origins (CORS).`,
      ),
    ]
  }
}

function indent(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

function more(optional: HTMLElement[], isOpen: boolean): HTMLElement[] {
  if (optional.length === 0) return []
  const summary = isOpen ? 'Body and headers' : 'Optional parameters'
  return [element('details', { open: isOpen }, element('summary', {}, summary), ...optional)]
}

/**
 * Defines `<rekey-try-it x-rekey-operation="…">`, the element for an operation's try-it form.
 * @param operations by operationId
 * @param first the operationId of the form that is open initially
 */
export function defineTryIt(operations: Map<string, Operation>, first: string): void {
  customElements.define(
    'rekey-try-it',
    class extends HTMLElement {
      connectedCallback(): void {
        if (this.childElementCount > 0) return
        const operation = operations.get(this.getAttribute('x-rekey-operation') ?? '')
        if (operation) this.append(tryIt(operation, operation.operationId === first))
        // Scalar expands either all responses or none. Expand only the success response, which comes first.
        this.closest('.operation-layout')
          ?.querySelector<HTMLElement>('.responses-list--tree button[aria-expanded=false]')
          ?.click()
      }
    },
  )
}
