import { mockDocument } from './mock-document.ts'

type Node = Record<string, unknown>

export interface DocumentedResponse {
  status: number
  headers: Record<string, string>
  body: unknown
}

const document = mockDocument()
const operations = Object.entries(document.paths).map(([template, item]) => ({
  pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`),
  item,
}))

/**
 * Returns the documented response that a `Prefer` header selects, as in `code=409, example=inProgress`. Returns
 * undefined if the header selects none, or if no operation serves the request; the server then responds itself.
 */
export function preferredResponse(
  method: string,
  pathname: string,
  prefer: string | undefined,
): DocumentedResponse | undefined {
  const { code, example } = preferences(prefer)
  if (code === undefined) return undefined
  const item = operations.find(({ pattern }) => pattern.test(pathname))?.item
  const operation = item?.[method.toLowerCase()] as { responses: Node } | undefined
  if (!operation) return undefined
  const { responses } = operation
  const response = resolve(ownValue(responses, code))
  if (!response) return refusal(`code=${code}`, Object.keys(responses))
  const examples = examplesOf(response)
  const name = example ?? Object.keys(examples)[0]
  if (example !== undefined && !ownValue(examples, example))
    return refusal(`code=${code}, example=${example}`, Object.keys(examples))
  return {
    status: Number(code),
    headers: headersOf(response),
    body: name === undefined ? undefined : examples[name]?.value,
  }
}

/** Ignores what every object inherits, because the name may be that of a method, such as `constructor`. */
function ownValue<T>(node: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(node, name) ? node[name] : undefined
}

/** Reads the RFC 7240 preferences that Prism also supports. */
function preferences(prefer = ''): { code?: string; example?: string } {
  return Object.fromEntries(
    prefer.split(/[,;]/).map((part) => part.split('=').map((text) => text.trim().replace(/^"(.*)"$/, '$1'))),
  ) as { code?: string; example?: string }
}

function refusal(asked: string, known: string[]): DocumentedResponse {
  const message = `Prefer: ${asked} is not documented for this operation. Documented: ${known.join(', ')}.`
  return { status: 400, headers: {}, body: { error: 'Bad Request', message, code: 400 } }
}

interface Content {
  'application/json'?: { examples?: Record<string, { value: unknown }> }
}

function examplesOf({ content = {} }: Node): Record<string, { value: unknown }> {
  return (content as Content)['application/json']?.examples ?? {}
}

function headersOf({ headers = {} }: Node): Record<string, string> {
  const entries = Object.entries(headers as Node).flatMap(([name, header]) => {
    const value = resolve(header)?.['example']
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return Object.fromEntries(entries)
}

/** Follows the node's `$ref`, if it has one. */
function resolve(node: unknown): Node | undefined {
  const { $ref } = (node ?? {}) as { $ref?: string }
  if ($ref === undefined) return node as Node | undefined
  const place = $ref.slice('#/'.length).split('/')
  return place.reduce<unknown>((at, key) => (at as Node)[key], document) as Node
}
