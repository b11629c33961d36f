import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import document from '../../generated/openapi.json' with { type: 'json' }
import type { DocumentedOperation } from './document.ts'

export interface CheckedResponse {
  status: number
  headers: Headers
  /** The parsed body, if it is JSON. */
  body: unknown
  text: string
}

/** Headers that operations do not declare, because HTTP or the server adds them to any response. */
const generalHeaders = new Set([
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'connection',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-resource-policy',
  'date',
  'keep-alive',
  'referrer-policy',
  'transfer-encoding',
  'vary',
  'x-content-type-options',
  'x-frame-options',
])

/** Statuses allowed if no operation matches the method and path. */
const generalStatuses = new Set([400, 404, 405])

interface ResponseObject {
  headers?: Record<string, { required?: boolean; schema: object }>
  content?: Record<string, { schema: object }>
}

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { password: true } })
addFormats.default(ajv)
ajv.addSchema({ $id: 'document', ...document })
const compiled = new Map<string, ValidateFunction>()

/** Lists in words how a response violates the OpenAPI document. */
export function contractFaults(method: string, path: string, answer: CheckedResponse): string[] {
  const operation = findOperation(method, path)
  if (!operation) {
    if (isPreflight(method, answer)) return answer.text === '' ? [] : ['a preflight response has a body']
    const shape = validate(['components', 'schemas', 'Error'], answer.body)
    return generalStatuses.has(answer.status)
      ? shape
      : [`no operation serves it, so ${answer.status} is not known`]
  }
  const response = operation.responses[answer.status]
  if (!response) return [`status ${answer.status} is not declared`]
  const { object, at } = response
  const faults = headerFaults(object, at, answer.headers)
  return method === 'HEAD' ? faults : [...faults, ...bodyFaults(object, at, answer)]
}

function isPreflight(method: string, { status, headers }: CheckedResponse): boolean {
  return method === 'OPTIONS' && status === 204 && headers.has('access-control-allow-origin')
}

function headerFaults({ headers = {} }: ResponseObject, at: string[], actual: Headers): string[] {
  const declared = new Map(
    Object.entries(headers).map(([name, header]) => [name.toLowerCase(), { name, header }]),
  )
  const undeclared = [...actual.keys()].filter((name) => !generalHeaders.has(name) && !declared.has(name))
  const faults = undeclared.map((name) => `header ${name} is not declared`)
  for (const [lower, { name, header }] of declared) {
    const value = actual.get(lower)
    const { object, at: place } = resolve(header, [...at, 'headers', name])
    if (value !== null)
      faults.push(...validate([...place, 'schema'], value).map((fault) => `header ${name} ${fault}`))
    else if ((object as { required?: boolean }).required) faults.push(`header ${name} is missing`)
  }
  return faults
}

function bodyFaults(
  { content }: ResponseObject,
  at: string[],
  { body, text, headers }: CheckedResponse,
): string[] {
  if (!content) return text === '' ? [] : ['a body is not declared']
  const type = headers.get('content-type')?.split(';')[0] ?? 'none'
  if (!content[type]) return [`media type ${type} is not declared`]
  return validate([...at, 'content', type, 'schema'], body).map((fault) => `body ${fault}`)
}

interface FoundOperation {
  operationId: string
  /** The declared responses by status, each with its location in the OpenAPI document. */
  responses: Record<string, { object: ResponseObject; at: string[] }>
}

/** Finds the operation for a method and a path under /api/v1. HEAD counts as GET. */
export function findOperation(method: string, path: string): FoundOperation | undefined {
  const pathname = path.split('?')[0] ?? ''
  for (const [template, item] of Object.entries(document.paths)) {
    if (!new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(pathname)) continue
    const verb = method.toLowerCase() === 'head' ? 'get' : method.toLowerCase()
    const operation = (item as Record<string, Partial<DocumentedOperation>>)[verb]
    if (!operation?.responses) return undefined
    const { operationId = '', responses } = operation
    return {
      operationId,
      responses: Object.fromEntries(
        Object.entries(responses).map(([status, response]) => [
          status,
          resolve(response, ['paths', template, verb, 'responses', status]),
        ]),
      ),
    }
  }
  return undefined
}

/** Follows the object's `$ref`, if it has one. @returns the target and its location in the OpenAPI document */
function resolve(object: object, at: string[]): { object: object; at: string[] } {
  if (!('$ref' in object) || typeof object.$ref !== 'string') return { object, at }
  const place = object.$ref.slice('#/'.length).split('/')
  const target = place.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document)
  return { object: target as object, at: place }
}

function validate(at: string[], value: unknown): string[] {
  const pointer = `document#/${at.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
  let check = compiled.get(pointer)
  if (!check) {
    check = ajv.compile({ $ref: pointer })
    compiled.set(pointer, check)
  }
  if (check(value)) return []
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
}
