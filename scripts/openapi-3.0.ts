type Node = Record<string, unknown>

/** Keywords of JSON Schema 2020-12 that OpenAPI 3.0 lacks, and that `toSchema30` cannot express. */
const inexpressible = [
  ...['$defs', '$dynamicRef', 'contains', 'contentEncoding', 'contentMediaType', 'contentSchema'],
  ...['dependentRequired', 'dependentSchemas', 'else', 'if', 'patternProperties', 'prefixItems'],
  ...['propertyNames', 'then', 'unevaluatedItems', 'unevaluatedProperties'],
]

/**
 * Converts an OpenAPI 3.1 document to 3.0.3, for generators that do not know 3.1. It describes the same API: only the
 * notation changes, and 3.1's additions to `info` are left out.
 * @throws Error that names a keyword that 3.0 cannot express
 */
export function toOpenApi30(document: object): Node {
  const { info, ...rest } = document as { info: { license: { name: string } } }
  return {
    ...(convert(withInlinePatterns(rest, document)) as Node),
    openapi: '3.0.3',
    info: { ...omit(info, 'summary'), license: omit(info.license, 'identifier') },
  }
}

/**
 * Replaces each `$ref` to a string whose pattern contains a slash with that string. If such a pattern is behind a
 * `$ref`, openapi-generator escapes the slash twice, which is a syntax error in Ruby.
 */
function withInlinePatterns(node: object, document: object): object {
  const { schemas } = (document as { components: { schemas: Record<string, { pattern?: string }> } })
    .components
  return JSON.parse(JSON.stringify(node), (_, value: { $ref?: string } | null) => {
    const target = schemas[value?.$ref?.replace('#/components/schemas/', '') ?? '']
    return target?.pattern?.includes('/') ? target : value
  }) as object
}

/** Converts every schema below a node that is not a schema itself. */
function convert(node: unknown, key = ''): unknown {
  // An example may have any properties, even such that look like schemas.
  if (key === 'example' || key === 'examples') return node
  if (Array.isArray(node)) return node.map((item) => convert(item))
  if (!isObject(node)) return node
  return mapValues(node, (value, name) => {
    if (name === 'schema') return toSchema30(value as Node)
    // Only `components` has this key, and an example is not reached.
    if (name === 'schemas') return mapValues(value as Node, (schema) => toSchema30(schema as Node))
    return convert(value, name)
  })
}

function toSchema30(schema: Node): Node {
  for (const keyword of inexpressible)
    if (keyword in schema)
      throw new Error(`OpenAPI 3.0 has no ${keyword}: describe the schema differently, or extend toSchema30`)
  const { const: constant, examples, type, oneOf, ...same } = schema
  return {
    ...mapValues(same, (value, name) => {
      if (name === 'properties') return mapValues(value as Node, (property) => toSchema30(property as Node))
      if (name === 'items' || name === 'not') return toSchema30(value as Node)
      if (name === 'additionalProperties' && isObject(value)) return toSchema30(value)
      if (name === 'allOf' || name === 'anyOf') return (value as Node[]).map(toSchema30)
      return value
    }),
    ...(Array.isArray(type) ? typesOf(type as string[], same) : type !== undefined && { type }),
    ...(oneOf !== undefined && alternatives(oneOf as Node[])),
    ...(constant !== undefined && { enum: [constant] }),
    ...(Array.isArray(examples) && { example: examples[0] as unknown }),
  }
}

/** Converts a list of types. Only one type besides null can stay a type; several become alternatives. */
function typesOf(types: string[], { items }: Node): Node {
  const rest = types.filter((type) => type !== 'null')
  const nullable = rest.length < types.length && { nullable: true }
  if (rest.length === 1) return { type: rest[0], ...nullable }
  const ofType = (type: string) => ({ type, ...(type === 'array' && { items: toSchema30(items as Node) }) })
  return { oneOf: rest.map(ofType), ...nullable }
}

/** Converts `oneOf`. A schema or null becomes a nullable schema. */
function alternatives(schemas: Node[]): Node {
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

function omit(node: object, name: string): Node {
  return Object.fromEntries(Object.entries(node).filter(([key]) => key !== name))
}
