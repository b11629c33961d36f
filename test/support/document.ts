import json from '../../generated/openapi.json' with { type: 'json' }
import type { Schema } from './schema-arbitraries.ts'

export interface Field extends Schema {
  type: string
  description: string
}

export interface Parameter {
  name: string
  in: string
  required?: boolean
  description: string
  schema: Field
  example?: unknown
}

export interface DocumentedOperation {
  operationId?: string
  tags?: string[]
  summary: string
  description: string
  security?: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: {
    required?: boolean
    content: { 'application/json': Omit<Content, 'schema'> & { schema: Schema } }
  }
  'x-max-body-bytes'?: number
  responses: Record<
    string,
    { description?: string; content?: Record<string, Content>; links?: Record<string, object> }
  >
  'x-codeSamples'?: { label: string; source: string }[]
}

export interface Content {
  schema?: { properties?: Record<string, Field>; required?: string[] }
  examples?: Record<string, { value: unknown }>
}

const paths = resolve(json.paths) as Record<
  string,
  { parameters?: Parameter[] } & Record<string, DocumentedOperation>
>

/** The path of the API, as in `/api/v1`. */
export const apiRoot = json.servers[0]?.url.replace('{origin}', '') ?? ''

/** Every operation in the OpenAPI document, with `$ref`s resolved and path-level parameters included. */
export const documentedOperations = Object.entries(paths).flatMap(([path, { parameters = [], ...methods }]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${apiRoot}${path}`,
    method: method.toUpperCase(),
    template: path,
    /** The path under /api/v1, with the IDs `app_1` and `hook_1`, and the ID of a missing invitation. */
    path: path
      .replace('{applicationId}', 'app_1')
      .replace('{webhookId}', 'hook_1')
      .replace('{invitationId}', 'inv_AZcLs0sAq2Vt4mB1w8Jr3Q'),
    ...operation,
    parameters: [...parameters, ...(operation.parameters ?? [])],
  })),
)

/** Returns the operation's first request body example; undefined if the operation has no body. */
export function exampleBody({ requestBody }: Pick<DocumentedOperation, 'requestBody'>): unknown {
  return Object.values(requestBody?.content['application/json'].examples ?? {})[0]?.value
}

/** Replaces each `$ref` in a node, at any depth, with its target. */
function resolve(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(resolve)
  if (typeof node !== 'object' || node === null) return node
  if ('$ref' in node && typeof node.$ref === 'string') {
    const place = node.$ref.slice('#/'.length).split('/')
    return resolve(place.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], json))
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolve(value)]))
}

/** Whether the operation requires a scope, as all do but those about the token itself. */
export function requiresScope({ security = [] }: Pick<DocumentedOperation, 'security'>): boolean {
  return security.some(({ bearerAuth = [] }) => bearerAuth.length > 0)
}
