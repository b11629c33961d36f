type Node = Record<string, unknown>

/** Keywords of JSON Schema 2020-12 that OpenAPI 3.0 lacks, and that `toSchema30` cannot express. */
const inexpressible = [
  ...['$defs', '$dynamicRef', 'contains', 'contentEncoding', 'contentMediaType', 'contentSchema'],
  ...['dependentRequired', 'dependentSchemas', 'else', 'if', 'patternProperties', 'prefixItems'],
  ...['then', 'unevaluatedItems', 'unevaluatedProperties'],
]

/** Keywords to leave out. The document then says less, but nothing false. The server checks these rules all the same. */
const dropped = ['propertyNames']

/**
 * Converts an OpenAPI 3.1 document to 3.0.3, for generators that do not know 3.1. It describes the same API: only the
 * notation changes, and what 3.1 added to `info` is left out. A schema with several types becomes one without a type:
 * as alternatives, openapi-generator would not make valid Java of a string and an array.
 * @throws Error that names a keyword that 3.0 cannot express
 */
export function toOpenApi30(document: object): Node {
  const { info, ...rest } = document as { info: { license: { name: string } } }
  return {
    ...(convert(rest) as Node),
    openapi: '3.0.3',
    info: { ...omit(info, 'summary'), license: omit(info.license, 'identifier') },
  }
}

/** Converts every schema below a node that is not a schema itself. */
function convert(node: unknown, key = ''): unknown {
  // An example may have any properties, even such that look like schemas.
  if (key === 'example' || key === 'examples') return node
  if (Array.isArray(node)) return node.map((item) => convert(item))
  if (!isObject(node)) return node
  return mapValues(node, (value, name) => {
    if (name === 'schema') return toSchema30(value as Node)
    // Clients of openapi-generator send every bearer token that an operation accepts, and so two Authorization headers.
    if (name === 'security') return (value as Node[]).slice(0, 1)
    // Only `components` has this key, and an example is not reached.
    if (name === 'schemas') return mapValues(value as Node, (schema) => toSchema30(schema as Node))
    return convert(value, name)
  })
}

function toSchema30(schema: Node): Node {
  for (const keyword of inexpressible)
    if (keyword in schema)
      throw new Error(`OpenAPI 3.0 has no ${keyword}: describe the schema differently, or extend toSchema30`)
  const { type, const: constant, examples, oneOf, ...same } = schema
  const types = [type].flat().filter((one) => one !== 'null')
  if (types.length > 1) return toSchema30(omit(schema, 'type', 'items', 'minItems', 'maxItems'))
  return {
    ...mapValues(omit(same, ...dropped), (value, name) => {
      if (name === 'properties') return mapValues(value as Node, (property) => toSchema30(property as Node))
      if (name === 'items' || name === 'not') return toSchema30(value as Node)
      if (name === 'additionalProperties' && isObject(value)) return toSchema30(value)
      if (name === 'allOf' || name === 'anyOf') return (value as Node[]).map(toSchema30)
      return value
    }),
    ...(type !== undefined && { type: types[0] }),
    ...(Array.isArray(type) && type.includes('null') && { nullable: true }),
    ...(oneOf !== undefined && toAlternatives30(oneOf as Node[])),
    ...(constant !== undefined && { enum: [constant] }),
    ...(Array.isArray(examples) && { example: examples[0] as unknown }),
  }
}

/** Converts `oneOf`. A schema or null becomes a nullable schema. */
function toAlternatives30(schemas: Node[]): Node {
  const rest = schemas.filter(({ type }) => type !== 'null')
  if (rest.length === schemas.length) return { oneOf: schemas.map(toSchema30) }
  return { [rest.length === 1 ? 'allOf' : 'oneOf']: rest.map(toSchema30), nullable: true }
}

function isObject(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mapValues(node: Node, change: (value: unknown, name: string) => unknown): Node {
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, change(value, name)]))
}

function omit(node: object, ...names: string[]): Node {
  return Object.fromEntries(Object.entries(node).filter(([name]) => !names.includes(name)))
}
