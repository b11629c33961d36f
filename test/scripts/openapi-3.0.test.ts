import { expect, test } from 'vitest'
import newer from '../../generated/openapi.json' with { type: 'json' }
import older from '../../generated/openapi-3.0.json' with { type: 'json' }
import { toOpenApi30 } from '../../scripts/openapi-3.0.ts'

/** Converts a schema that a document has. */
function converted(schema: object): unknown {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Test', version: '1', summary: 'of 3.1', license: { name: 'MIT', identifier: 'MIT' } },
    components: { schemas: { Tested: schema } },
  }
  const { components, ...rest } = toOpenApi30(document)
  expect(rest).toEqual({
    openapi: '3.0.3',
    info: { title: 'Test', version: '1', license: { name: 'MIT' } },
  })
  return (components as { schemas: Record<string, unknown> }).schemas['Tested']
}

const key = { $ref: '#/components/schemas/Key' }

test.for([
  [
    'a type or null',
    { type: ['string', 'null'], maxLength: 9 },
    { type: 'string', nullable: true, maxLength: 9 },
  ],
  ['a constant', { type: 'string', const: 'true' }, { type: 'string', enum: ['true'] }],
  ['examples', { type: 'string', examples: ['one', 'two'] }, { type: 'string', example: 'one' }],
  ['a reference or null', { oneOf: [key, { type: 'null' }] }, { allOf: [key], nullable: true }],
  [
    'alternatives',
    { oneOf: [key, { type: ['string', 'null'] }] },
    { oneOf: [key, { type: 'string', nullable: true }] },
  ],
  [
    'several types as any',
    { type: ['string', 'array', 'null'], items: { const: 1 }, maxItems: 2, description: 'text' },
    { description: 'text' },
  ],
  [
    'schemas at any depth, and properties whose names are keywords',
    { properties: { const: { type: ['integer', 'null'] } }, additionalProperties: { items: { const: 1 } } },
    {
      properties: { const: { type: 'integer', nullable: true } },
      additionalProperties: { items: { enum: [1] } },
    },
  ],
  ['names of properties, which 3.0 cannot constrain', { propertyNames: { pattern: 'x' } }, {}],
] as const)('the document in OpenAPI 3.0 expresses %s', ([, schema, expected]) => {
  expect(converted(schema)).toEqual(expected)
})

test('a keyword that OpenAPI 3.0 cannot express stops the conversion', () => {
  expect(() => converted({ properties: { a: { if: {}, then: {} } } })).toThrow('OpenAPI 3.0 has no if')
})

test('the document in OpenAPI 3.0 has the operations, statuses, parameters and schemas of the document in 3.1', () => {
  const shape = ({ paths }: { paths: object }) =>
    JSON.parse(JSON.stringify(paths), (name, value: unknown) => {
      if (name === 'security') return (value as object[]).slice(0, 1)
      return name === 'schema' ? true : value
    }) as unknown
  expect(shape(older)).toEqual(shape(newer))
  expect(Object.keys(older.components.schemas)).toEqual(Object.keys(newer.components.schemas))
})
