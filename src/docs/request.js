/**
 * @typedef {object} Parameter
 * @property {string} name
 * @property {'path' | 'query' | 'header'} in
 * @property {boolean} [required]
 * @property {string} description
 * @property {{ type: string, pattern?: string }} schema
 * @property {string | number} example
 */

/**
 * An operation of the document, with what stands beside it there.
 * @typedef {object} Operation
 * @property {string} operationId
 * @property {string} method in capitals
 * @property {string} path with its server's, as `/api/v1/applications/{applicationId}`
 * @property {Parameter[]} parameters
 * @property {{ required: boolean, example: unknown } | undefined} body
 */

/**
 * What the reader entered for every operation.
 * @typedef {object} Shared
 * @property {string} baseUrl
 * @property {string} token
 * @property {Record<string, string>} path
 */

/**
 * What the reader entered for one operation.
 * @typedef {object} Own
 * @property {Record<string, string>} query empty ones are left out
 * @property {Record<string, string>} header empty ones are left out
 * @property {string} body empty for none
 */

/** Nothing in such a URL has a meaning in a shell or in a program's string. */
const baseUrlPattern = /^https?:\/\/[\w.:[\]-]+(\/[\w.~%/-]*)?$/
/** RFC 6750, section 2.1. */
const tokenPattern = /^[A-Za-z0-9\-._~+/]+=*$/

/**
 * @param {string} text
 * @returns {string | undefined} without the slash at the end, as `https://api.example.com`; undefined if it is no base URL
 */
export function readBaseUrl(text) {
  if (!URL.canParse(text.trim())) return undefined
  const { href } = new URL(text.trim())
  return baseUrlPattern.test(href) ? href.replace(/\/+$/, '') : undefined
}

/**
 * @param {string} text with or without `Bearer` before it
 * @returns {string | undefined} undefined if it is no token
 */
export function readToken(text) {
  const token = text.trim().replace(/^bearer +/i, '')
  return tokenPattern.test(token) ? token : undefined
}

/**
 * The request as it will be sent.
 * @param {Operation} operation
 * @param {Shared} shared
 * @param {Own} own
 */
export function toRequest({ method, path, parameters, body }, shared, own) {
  const filled = path.replace(
    /\{(\w+)\}/g,
    (whole, /** @type {string} */ name) => encodeURIComponent(shared.path[name] ?? '') || whole,
  )
  const url = new URL((readBaseUrl(shared.baseUrl) ?? location.origin) + filled)
  /** @type {Record<string, string>} */
  const headers = {}
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

/**
 * The request as HTTP/1.1 has it.
 * @param {ReturnType<typeof toRequest>} request
 */
export function preview({ method, url, headers, body }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, ...lines].join('\n')
  return body === undefined ? head : `${head}\n\n${body}`
}

/**
 * A sample of the document with the reader's values in the place of its own. What is not entered, or not valid,
 * stays as it is.
 * @param {string} source
 * @param {Shared} shared
 */
export function fillSample(source, { baseUrl, token, path }) {
  const base = readBaseUrl(baseUrl) ?? 'https://api.example.com'
  /** @param {string} name */
  const id = (name) => encodeURIComponent(path[name] ?? '').replace(/'/g, '%27') || 'example_string'
  return source
    .trimEnd()
    .replaceAll('https://api.example.com', () => base)
    .replaceAll('/applications/example_string', () => `/applications/${id('applicationId')}`)
    .replaceAll('/webhooks/example_string', () => `/webhooks/${id('webhookId')}`)
    .replaceAll('YOUR_API_TOKEN (JWT)', () => readToken(token) ?? 'YOUR_API_TOKEN (JWT)')
    .replaceAll('http.use_ssl = true', `http.use_ssl = ${base.startsWith('https:')}`)
}
