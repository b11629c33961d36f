import fc from 'fast-check'

/** The JSON Schema keywords that the OpenAPI document uses for requests, with `$ref`s resolved. */
export interface Schema {
  type?: string | string[]
  enum?: unknown[]
  pattern?: string
  format?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  required?: string[]
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  maxProperties?: number
  items?: Schema
  maxItems?: number
}

/** The usual maximum length of a string. Only strings that test a schema's own length limits are longer. */
const enough = 300
/** The absolute maximum length of a string. Longer strings are slow and test nothing new. */
const longest = 9_000

/** Generates values that follow the schema, except that it ignores every `format` other than `uri`. */
export function following(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  return fc.oneof(...[schema.type ?? []].flat().map((type) => ofType(schema, type)))
}

/** Generates values that almost follow the schema, with one part wrong. A few are valid, and a few are arbitrary. */
export function near(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 1, arbitrary: following(schema) },
    {
      weight: 8,
      arbitrary: fc.oneof(...[schema.type ?? []].flat().map((type) => nearType(schema, type))),
    },
    { weight: 1, arbitrary: fc.constantFrom(...oddities) },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
}

/** Like `near`, but generates strings for URL parts and headers. */
export function nearText(schema: Schema): fc.Arbitrary<string> {
  return near(schema).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
}

/** Strings that are known to break servers. */
const oddTexts = [
  ...['', ' ', ' 5', '0x10', '1e1', '-0', '9'.repeat(400), 'null', '__proto__', 'constructor'],
  ...['\0', '\ud800', '\udfff\ud800', '\ufeff', '\u202e', '..', "' or 1=1 --", '%00'],
]
const oddities = [...oddTexts, -1, 1.5, 1e300, Number.MAX_SAFE_INTEGER + 2, null, true, [], {}]

function ofType(schema: Schema, type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return integer(schema)
    case 'string':
      return text(schema)
    case 'object':
      return object(schema)
    case 'array':
      return fc.array(following(schema.items ?? {}), { maxLength: Math.min(schema.maxItems ?? 3, 3) })
    default:
      throw new Error(`no arbitrary for the type ${type}`)
  }
}

function nearType(schema: Schema, type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'integer':
      return nearInteger(schema)
    case 'string':
      return oddText(schema)
    case 'object':
      return nearObject(schema)
    case 'array':
      return fc.array(near(schema.items ?? {}), { maxLength: 3 })
    default:
      return ofType(schema, type)
  }
}

function integer({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: Schema) {
  return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum))
}

function nearInteger({ minimum = 0, maximum = 0 }: Schema) {
  return fc.oneof(fc.constantFrom(minimum - 1, maximum + 1), fc.maxSafeInteger(), fc.double())
}

function text(schema: Schema): fc.Arbitrary<string> {
  const { pattern, format, minLength = 0, maxLength = enough } = schema
  if (format === 'uri') return fc.webUrl({ withQueryParameters: true, withFragments: true })
  const isPossible = (value: string) => pattern === undefined || new RegExp(pattern, 'u').test(value)
  const ends = ofLength(minLength, Math.min(maxLength, longest)).filter(isPossible)
  return fc.oneof(
    { weight: 4, arbitrary: usualText(schema) },
    ...(ends.length > 0 ? [{ weight: 1, arbitrary: fc.constantFrom(...ends) }] : []),
  )
}

function usualText({ pattern, minLength = 0, maxLength = enough }: Schema): fc.Arbitrary<string> {
  if (pattern === undefined)
    return fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, enough) })
  return fc
    .stringMatching(new RegExp(pattern, 'u'))
    .filter(({ length }) => length >= minLength && length <= maxLength)
}

function oddText({ minLength = 0, maxLength = enough }: Schema): fc.Arbitrary<string> {
  const lengths = ofLength(minLength - 1, Math.min(maxLength, longest) + 1)
  return fc.oneof(
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 2, arbitrary: fc.constantFrom(...oddTexts) },
    { weight: 2, arbitrary: fc.constantFrom(...lengths) },
  )
}

function ofLength(...lengths: number[]): string[] {
  return lengths.map((length) => 'a'.repeat(Math.max(length, 0)))
}

function object({ properties = {}, required = [], additionalProperties }: Schema) {
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, following(schema)])),
    { requiredKeys: required },
  )
  if (typeof additionalProperties !== 'object') return known
  return fc
    .tuple(
      known,
      fc.dictionary(fc.string(), following(additionalProperties), { maxKeys: 5, noNullPrototype: true }),
    )
    .map(([named, others]) => ({ ...others, ...named }))
}

/** Generates objects with one property wrong, missing or added. */
function nearObject(schema: Schema) {
  const { properties = {}, required = [] } = schema
  const all = object(schema) as fc.Arbitrary<Record<string, unknown>>
  const changes = [
    ...Object.entries(properties).map(([name, part]) =>
      fc.tuple(all, near(part)).map(([value, off]) => ({ ...value, [name]: off })),
    ),
    ...required.map((name) =>
      all.map((value) => Object.fromEntries(Object.entries(value).filter(([other]) => other !== name))),
    ),
    fc
      .tuple(
        all,
        fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString')),
        fc.jsonValue(),
      )
      .map(([value, name, more]) => Object.fromEntries([...Object.entries(value), [name, more]])),
  ]
  return fc.oneof(...changes)
}
