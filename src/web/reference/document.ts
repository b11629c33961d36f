import type { Operation, Parameter } from './http-request.ts'

interface Reference {
  $ref: string
}

/** The part of an operation, as the document has it, that this page reads. */
export interface DocumentedOperation {
  operationId: string
  tags: string[]
  parameters?: (Parameter | Reference)[]
  requestBody?: {
    required?: boolean
    content: Record<string, { examples: Record<string, { value: unknown }> }>
  }
  'x-codeSamples'?: { source: string }[]
  /** The operationId, for the elements that this page adds to the operation. */
  'x-rekey-operation'?: string
}

type PathItem = { parameters?: (Parameter | Reference)[] } & Partial<Record<Method, DocumentedOperation>>

/** The part of the document that this page reads. */
export interface OpenApi {
  servers: { url: string }[]
  paths: Record<string, PathItem>
  components: Record<string, Record<string, object>>
}

type Method = (typeof methods)[number]
const methods = ['get', 'put', 'post', 'patch', 'delete'] as const

/** An operation where it stands in the document. */
export interface Place {
  path: string
  method: Method
  item: PathItem
  operation: DocumentedOperation
}

/** Every operation of the document. */
export function operationsOf({ paths }: OpenApi): Place[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ path, method, item, operation }] : []
    }),
  )
}

/** Every operation as the try-it form works with it, by operationId. */
export function tryableOperations(document: OpenApi): Map<string, Operation> {
  const root = document.servers[0]?.url ?? ''
  return new Map(
    operationsOf(document).map(({ path, method, item, operation }) => {
      const { operationId, requestBody } = operation
      const [example] = Object.values(requestBody?.content['application/json']?.examples ?? {})
      return [
        operationId,
        {
          operationId,
          method: method.toUpperCase(),
          path: root + path,
          parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
            resolve(document, parameter),
          ),
          body: requestBody && { required: requestBody.required ?? false, example: example?.value },
        },
      ]
    }),
  )
}

/** The parameter with its schema, wherever the document has them. */
function resolve(document: OpenApi, parameter: Parameter | Reference): Parameter {
  const found = follow(document, parameter)
  return { ...found, schema: follow(document, found.schema) }
}

function follow<T extends object>({ components }: OpenApi, node: T | Reference): T {
  if (!('$ref' in node)) return node
  const [, kind = '', name = ''] = /^#\/components\/(\w+)\/(\w+)$/.exec(node.$ref) ?? []
  return components[kind]?.[name] as T
}
