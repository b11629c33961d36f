/** A documented parameter, with its references resolved. */
export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  description: string
  schema: { type: string; pattern?: string }
  example: string | number
}

/** The parts of a documented operation that its try-it form needs. */
export interface Operation {
  operationId: string
  /** The HTTP method in uppercase. */
  method: string
  /** Includes the path of the server URL, as in `/api/v1/applications/{applicationId}`. */
  path: string
  parameters: Parameter[]
  body: { required: boolean; example: unknown } | undefined
}

/** The inputs that all operations share. */
export interface Shared {
  baseUrl: string
  token: string
  path: Record<string, string>
}

/** The inputs of one operation. Empty inputs are omitted from the request. */
export interface Own {
  query: Record<string, string>
  header: Record<string, string>
  body: string
}

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

/** @returns the base URL without a trailing slash; undefined if the text is not a valid base URL */
export function readBaseUrl(text: string): string | undefined {
  if (!URL.canParse(text.trim())) return undefined
  const { href } = new URL(text.trim())
  return baseUrlPattern.test(href) ? href.replace(/\/+$/, '') : undefined
}

/**
 * @param text a token with or without the `Bearer` prefix
 * @returns the token without the prefix; undefined if the text is not a bearer token
 */
export function readToken(text: string): string | undefined {
  const token = text.trim().replace(/^bearer +/i, '')
  return tokenPattern.test(token) ? token : undefined
}

/** Builds an operation's request from the inputs. */
export function toRequest(
  { method, path, parameters, body }: Operation,
  shared: Shared,
  own: Own,
): HttpRequest {
  const filled = path.replace(
    /\{(\w+)\}/g,
    (whole, name: string) => encodeURIComponent(shared.path[name] ?? '') || whole,
  )
  const url = new URL((readBaseUrl(shared.baseUrl) ?? location.origin) + filled)
  const headers: Record<string, string> = {}
  const token = readToken(shared.token)
  if (token !== undefined) headers['Authorization'] = `Bearer ${token}`
  if (body) headers['Content-Type'] = 'application/json'
  for (const { name, in: place } of parameters) {
    const value = place === 'path' ? undefined : own[place][name]?.trim()
    if (!value) continue
    if (place === 'query') url.searchParams.set(name, value)
    else headers[name] = value
  }
  return { method, url, headers, body: body && own.body.trim() !== '' ? own.body : undefined }
}

/** Formats the request as HTTP/1.1. */
export function preview({ method, url, headers, body }: HttpRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, ...lines].join('\n')
  return body === undefined ? head : `${head}\n\n${body}`
}

/**
 * Replaces a code sample's placeholders with the inputs. A missing or invalid input leaves its placeholder unchanged.
 */
export function fillSample(source: string, { baseUrl, token, path }: Shared): string {
  const base = readBaseUrl(baseUrl) ?? 'https://api.example.com'
  const id = (name: string) => encodeURIComponent(path[name] ?? '').replace(/'/g, '%27') || 'example_string'
  return source
    .trimEnd()
    .replaceAll('https://api.example.com', () => base)
    .replaceAll('/applications/example_string', () => `/applications/${id('applicationId')}`)
    .replaceAll('/webhooks/example_string', () => `/webhooks/${id('webhookId')}`)
    .replaceAll('YOUR_API_TOKEN (JWT)', () => readToken(token) ?? 'YOUR_API_TOKEN (JWT)')
    .replaceAll('http.use_ssl = true', `http.use_ssl = ${base.startsWith('https:')}`)
}
