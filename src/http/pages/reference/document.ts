import openapi from '../../../../generated/openapi.json' with { type: 'json' }

/** The JSON Schema keywords that the page shows. */
export interface Schema {
  type?: string | string[]
  description?: string
  format?: string
  enum?: string[]
  default?: unknown
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  oneOf?: Schema[]
  pattern?: string
  /** The schema's pattern in words. */
  'x-rule'?: string
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description: string
  schema: Schema
  example?: string | number | boolean
}

export interface Media {
  schema: Schema
  examples: Record<string, { value: unknown }>
}

export interface Response {
  description: string
  headers?: Record<string, { description: string; required?: boolean; schema: Schema }>
  content?: { 'application/json': Media }
}

interface Described {
  operationId: string
  tags: [string]
  summary: string
  description: string
  security: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: { 'application/json': Media } }
  responses: Record<string, Response>
  'x-codeSamples'?: { label: string; source: string }[]
}

/** An operation of the OpenAPI document, with all references resolved. */
export interface Operation extends Omit<Described, 'parameters'> {
  /** In uppercase. */
  method: string
  /** Includes the path of the server URL, as in `/api/v1/applications/{applicationId}`. */
  path: string
  /** Includes the parameters of the path. */
  parameters: Parameter[]
}

/** The parts of the OpenAPI document that are not about one operation. */
export const { info, tags, components } = openapi

/** The base path of the operations, as in `/api/v1`. */
const apiRoot = (openapi.servers[0]?.url ?? '').replace('{origin}', '')
const resolved = new Map<string, unknown>()

/** Every operation, in the document's order. */
export const operations: Operation[] = Object.entries(
  resolve(openapi.paths) as Record<string, Record<string, unknown>>,
).flatMap(([path, { parameters = [], ...methods }]) =>
  Object.entries(methods as Record<string, Described>).map(([method, described]) => ({
    ...described,
    method: method.toUpperCase(),
    path: apiRoot + path,
    parameters: [...(parameters as Parameter[]), ...(described.parameters ?? [])],
  })),
)

/**
 * Replaces each `$ref` in a node, at any depth, with its target. References to the same target share one object.
 */
function resolve(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(resolve)
  if (typeof node !== 'object' || node === null) return node
  if ('$ref' in node && typeof node.$ref === 'string') {
    const { $ref } = node
    const target = () =>
      $ref
        .slice('#/'.length)
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], openapi)
    if (!resolved.has($ref)) resolved.set($ref, resolve(target()))
    return resolved.get($ref)
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolve(value)]))
}
