/** @import { Operation, Parameter } from './request.js' */

/**
 * The part of an operation, as the document has it, that this page reads.
 * @typedef {object} DocumentedOperation
 * @property {string} operationId
 * @property {string[]} tags
 * @property {(Parameter | Reference)[]} [parameters]
 * @property {{ required?: boolean, content: Record<string, { examples: Record<string, { value: unknown }> }> }} [requestBody]
 * @property {{ source: string }[]} [x-codeSamples]
 * @property {string} [x-rekey-operation] the operationId, for the elements that this page adds to it
 */

/** @typedef {{ $ref: string }} Reference */
/** @typedef {{ parameters?: (Parameter | Reference)[] } & Record<string, DocumentedOperation>} PathItem */
/** @typedef {{ servers: { url: string }[], paths: Record<string, PathItem>, components: Record<string, Record<string, object>> }} OpenApi */

const methods = ['get', 'put', 'post', 'patch', 'delete']

/**
 * Every operation of the document, with its path and method.
 * @param {OpenApi} document
 * @returns {{ path: string, method: string, item: PathItem, operation: DocumentedOperation }[]}
 */
export function operationsOf({ paths }) {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ path, method, item, operation }] : []
    }),
  )
}

/**
 * What the console works with.
 * @param {OpenApi} document
 * @returns {Map<string, Operation>} by operationId
 */
export function tryableOperations(document) {
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

/**
 * The parameter with its schema, wherever the document has them.
 * @param {OpenApi} document
 * @param {Parameter | Reference} parameter
 * @returns {Parameter}
 */
function resolve(document, parameter) {
  const found = /** @type {Parameter} */ (follow(document, parameter))
  return { ...found, schema: /** @type {Parameter['schema']} */ (follow(document, found.schema)) }
}

/**
 * @param {OpenApi} document
 * @param {object} node
 * @returns {object}
 */
function follow({ components }, node) {
  if (!('$ref' in node)) return node
  const [, kind = '', name = ''] = /^#\/components\/(\w+)\/(\w+)$/.exec(String(node.$ref)) ?? []
  return components[kind]?.[name] ?? {}
}
