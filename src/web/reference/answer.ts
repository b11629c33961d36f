import { copyButton } from './copy.ts'
import { element } from './element.ts'
import type { HttpRequest } from './request.ts'

/** How long to wait for a response, in milliseconds: much longer than the server's default request timeout. */
const responseTimeoutMs = 60_000

/**
 * Sends the request.
 * @returns elements that show the response, or explain why there is no response
 */
export async function exchange({ method, url, headers, body }: HttpRequest): Promise<HTMLElement[]> {
  const start = performance.now()
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
    return answer(response, text, performance.now() - start)
  } catch (error) {
    return [
      element(
        'p',
        { class: 'head bad' },
        `No response: ${error instanceof Error ? error.message : String(error)}`,
      ),
      element('p', {}, reasonAt(url)),
    ]
  }
}

function reasonAt({ origin }: URL): string {
  if (origin === location.origin) return 'The server is unreachable.'
  return (
    `${origin} is unreachable, or does not allow requests from pages of other origins (CORS). If it is a Rekey ` +
    `server, add ${location.origin} to its REKEY_CORS_ORIGINS, or run the cURL sample instead.`
  )
}

function answer(response: Response, text: string, ms: number): HTMLElement[] {
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  const json = parse(text)
  const secret = (json as { signingSecret?: unknown } | null | undefined)?.signingSecret
  const head = element(
    'details',
    { class: `head ${response.ok ? 'good' : 'bad'}` },
    element(
      'summary',
      {},
      element('strong', {}, `${response.status} ${response.statusText}`),
      element('span', {}, `${Math.round(ms)} ms`),
      element('span', { class: 'headers' }, 'Headers'),
    ),
    element('pre', { tabindex: '0', 'aria-label': 'Response headers' }, headers),
  )
  const body = json === undefined ? text : JSON.stringify(json, null, 2)
  return [
    head,
    // An Ed25519 webhook's rotation returns its public key, which anyone may see.
    ...(typeof secret === 'string' && !secret.startsWith('whpk_') ? [secretPanel(secret)] : []),
    ...(body === '' ? [] : [element('pre', { tabindex: '0', 'aria-label': 'Response body' }, body)]),
  ]
}

function secretPanel(secret: string): HTMLElement {
  const copy = copyButton(() => secret)
  copy.className = 'primary'
  return element(
    'div',
    { class: 'secret' },
    element('p', {}, element('strong', {}, 'New secret, shown only once')),
    element('code', { class: 'value' }, secret),
    element('p', { class: 'buttons' }, copy, 'Store it now: no later response contains it.'),
  )
}

/** @returns undefined if the text is not JSON */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
