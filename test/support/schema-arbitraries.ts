import fc from 'fast-check'

/** The parts of JSON Schema that the document's requests use, without references. */
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
}

/** Longer texts are no other case, and slow. */
const enough = 300

/** Values made to follow the schema. Few do not: a format may say more than is read here. */
export function following(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  return fc.oneof(...[schema.type ?? []].flat().map((type) => ofType(type, schema, following)))
}

/**
 * Values near the border of the schema, on either side of it: of the right shape with one part that is
 * off, or of no shape at all.
 */
export function near(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 4, arbitrary: following(schema) },
    {
      weight: 4,
      arbitrary: fc.oneof(...[schema.type ?? []].flat().map((type) => ofType(type, schema, near))),
    },
    { weight: 1, arbitrary: fc.constantFrom(...oddities) },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
}

/** Texts near the border of a schema, for what is not JSON: the parts of a URL, headers. */
export function nearText(schema: Schema): fc.Arbitrary<string> {
  return near(schema).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
}

/** Values that have broken one server or another. */
const oddities = [
  '',
  ' ',
  '\0',
  '\ud800',
  '\udfff\ud800',
  '\ufeff',
  '\u202e',
  '..',
  "' or 1=1 --",
  '%00',
  '__proto__',
  'constructor',
  'null',
  '0x10',
  '1e1',
  '-0',
  ' 5',
  '9'.repeat(400),
  -1,
  1.5,
  1e300,
  Number.MAX_SAFE_INTEGER + 2,
  null,
  true,
  [],
  {},
]

type Of = (schema: Schema) => fc.Arbitrary<unknown>

function ofType(type: string, schema: Schema, part: Of): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'integer':
      return part === near ? nearInteger(schema) : integer(schema)
    case 'string':
      return part === near ? fc.oneof(text(schema), textOfAnyLength(schema)) : text(schema)
    case 'object':
      return part === near ? nearObject(schema) : object(schema, part)
    default:
      throw new Error(`no arbitrary for the type ${type}`)
  }
}

function integer({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: Schema) {
  return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum))
}

function nearInteger({ minimum = 0, maximum = 0 }: Schema) {
  return fc.oneof(fc.constantFrom(minimum - 1, maximum + 1), fc.maxSafeInteger(), fc.double())
}

function text({ pattern, format, minLength = 0, maxLength = enough }: Schema): fc.Arbitrary<string> {
  const fits = (value: string) => value.length >= minLength && value.length <= maxLength
  if (format === 'uri') return fc.webUrl({ withQueryParameters: true, withFragments: true })
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u')).filter(fits)
  return fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, enough) })
}

function textOfAnyLength({ minLength = 0, maxLength = enough }: Schema): fc.Arbitrary<string> {
  const lengths = [0, minLength, maxLength, maxLength + 1].filter((length) => length <= 9_000)
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...lengths).map((length) => 'a'.repeat(length)),
  )
}

function object({ properties = {}, required = [], additionalProperties }: Schema, part: Of) {
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, part(schema)])),
    { requiredKeys: required },
  )
  if (typeof additionalProperties !== 'object') return known
  return fc
    .tuple(
      known,
      fc.dictionary(fc.string(), part(additionalProperties), { maxKeys: 5, noNullPrototype: true }),
    )
    .map(([named, others]) => ({ ...others, ...named }))
}

/** Of the right properties: one of them off, one left out, or one too many. */
function nearObject(schema: Schema) {
  const { properties = {}, required = [] } = schema
  const all = object(schema, following) as fc.Arbitrary<Record<string, unknown>>
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
