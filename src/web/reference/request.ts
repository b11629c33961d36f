export interface HttpRequest {
  method: string
  url: URL
  headers: Record<string, string>
  body: string | undefined
}

/** Excludes characters that could end a quoted string in a code sample or that a shell would expand. */
const baseUrlPattern = /^https?:\/\/[\w.:[\]-]+(\/[\w.~%/-]*)?$/
/** The syntax of a bearer token (RFC 6750, section 2.1). */
const tokenPattern = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * @param text a URL with or without the API's path
 * @returns the base URL without the API's path or a trailing slash; undefined if the text is not a valid base URL
 */
export function readBaseUrl(text: string): string | undefined {
  const href = URL.parse(text.trim())?.href ?? ''
  return baseUrlPattern.test(href) ? href.replace(/\/+$/, '').replace(/\/api\/v1$/, '') : undefined
}

/**
 * @param text a token with or without the `Bearer` prefix
 * @returns the token without the prefix; undefined if the text is not a bearer token
 */
export function readToken(text: string): string | undefined {
  const token = text.trim().replace(/^bearer +/i, '')
  return tokenPattern.test(token) ? token : undefined
}

/** Builds the request that a form describes. Omits empty inputs. */
export function requestOf(form: HTMLFormElement): HttpRequest {
  const { method = '', path = '' } = form.dataset
  const values = [...new FormData(form)].map(
    ([name, value]) => [name, typeof value === 'string' ? value : ''] as const,
  )
  const { baseUrl = '', token = '', body, ...others } = Object.fromEntries(values)
  const filled = path.replace(
    /\{(\w+)\}/g,
    (whole, name: string) => encodeURIComponent(others[`path.${name}`] ?? '') || whole,
  )
  const url = new URL((readBaseUrl(baseUrl) ?? location.origin) + filled)
  const headers: Record<string, string> = {}
  const bearer = readToken(token)
  if (bearer !== undefined) headers['Authorization'] = `Bearer ${bearer}`
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  for (const [id, value] of Object.entries(others)) {
    const [place, name = ''] = id.split(/\.(.*)/s)
    if (value.trim() === '') continue
    if (place === 'query') url.searchParams.set(name, value.trim())
    if (place === 'header') headers[name] = value.trim()
  }
  return { method, url, headers, body: body?.trim() === '' ? undefined : body }
}

/** Formats the request as HTTP/1.1. */
export function preview({ method, url, headers, body }: HttpRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, ...lines].join('\n')
  return body === undefined ? head : `${head}\n\n${body}`
}
