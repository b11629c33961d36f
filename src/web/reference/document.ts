import type { Operation, Parameter } from './http-request.ts'

interface Reference {
  $ref: string
}

/** The parts of a documented operation that this page reads. */
export interface DocumentedOperation {
  operationId: string
  tags: string[]
  parameters?: (Parameter | Reference)[]
  requestBody?: {
    required?: boolean
    content: Record<string, { examples: Record<string, { value: unknown }> }>
  }
  'x-codeSamples'?: { source: string }[]
  /** The operationId, which Scalar passes to this page's custom elements. */
  'x-rekey-operation'?: string
}

type PathItem = { parameters?: (Parameter | Reference)[] } & Partial<Record<Method, DocumentedOperation>>

/** The parts of the OpenAPI document that this page reads. */
export interface OpenApi {
  servers: { url: string }[]
  paths: Record<string, PathItem>
  components: Record<string, Record<string, object>>
}

type Method = (typeof methods)[number]
const methods = ['get', 'put', 'post', 'patch', 'delete'] as const

/** An operation with its position in the OpenAPI document. */
export interface Place {
  path: string
  method: Method
  item: PathItem
  operation: DocumentedOperation
}

const apiRoot = '/api/v1'

/** Returns the URL of the document's server without `/api/v1`. @param page the URL of the page */
export function baseUrlOf({ servers }: OpenApi, page: string): string {
  return new URL(servers[0]?.url ?? apiRoot, page).href.replace(/\/api\/v1$/, '')
}

export function operationsOf({ paths }: OpenApi): Place[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ path, method, item, operation }] : []
    }),
  )
}

/** Converts the OpenAPI document's operations for the try-it forms. @returns the converted operations by operationId */
export function tryableOperations(document: OpenApi): Map<string, Operation> {
  return new Map(
    operationsOf(document).map(({ path, method, item, operation }) => {
      const { operationId, requestBody } = operation
      const [example] = Object.values(requestBody?.content['application/json']?.examples ?? {})
      return [
        operationId,
        {
          operationId,
          method: method.toUpperCase(),
          path: apiRoot + path,
          parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
            resolve(document, parameter),
          ),
          body: requestBody && { required: requestBody.required ?? false, example: example?.value },
        },
      ]
    }),
  )
}

/** Resolves the `$ref` of a parameter and of its schema. */
function resolve(document: OpenApi, parameter: Parameter | Reference): Parameter {
  const found = follow(document, parameter)
  return { ...found, schema: follow(document, found.schema) }
}

function follow<T extends object>({ components }: OpenApi, node: T | Reference): T {
  if (!('$ref' in node)) return node
  const [, kind = '', name = ''] = /^#\/components\/(\w+)\/(\w+)$/.exec(node.$ref) ?? []
  return components[kind]?.[name] as T
}
