import { value } from './values.ts'

/** Rekey's own paths. A prefix that overlaps with one of them would make requests ambiguous. */
const ownPaths = [
  '/api/v1',
  '/docs',
  '/console',
  '/rotate',
  '/assets',
  '/jwks',
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/openapi-3.0.json',
]

/** An http or https URL with an optional path prefix. The schema returns it without a trailing slash. */
export const publicUrl = value((text, fault): string => {
  const url = URL.parse(text)
  if (!url || !/^https?:\/\/[^/\\]/i.test(text))
    return fault('must be an http or https URL with an optional path, such as https://platform.example/rekey')
  if (url.username !== '' || url.password !== '')
    return fault('must not contain a user name or password; remove them from the URL')
  if (/[?#]/.test(text)) return fault('must not contain a query or a fragment; end it before the ? or #')
  // Read from the text, because URL resolves `..` and `\`.
  const [, path = ''] = /^\w+:\/\/[^/\\]*(.*?)\/*$/.exec(text) ?? []
  if (!/^(\/[\w.~-]+)*$/.test(path) || /\/\.+(\/|$)/.test(path))
    return fault(
      'has a path with an empty segment, a segment of dots, or a character other than letters, digits, - . _ and ~; use a path such as /rekey',
    )
  if (path !== '' && ownPaths.some((own) => overlap(path, own)))
    return fault(
      `has a path that overlaps with one of Rekey's own (${ownPaths.join(', ')}); leave that part out, or use another path, such as /rekey`,
    )
  return url.origin + path
})

function overlap(path: string, own: string): boolean {
  return own.startsWith(`${path}/`) || path.startsWith(`${own}/`) || path.endsWith(own)
}
