import { expect, test } from 'vitest'
import json from '../../generated/openapi.json' with { type: 'json' }
import { documentedOperations } from '../support/document.ts'

test.for(documentedOperations)('$name has an operationId, one tag and at least one scope', (operation) => {
  const { operationId, tags = [], security = [] } = operation
  expect(operationId).toMatch(/^[a-z][A-Za-z]+$/)
  expect(tags).toHaveLength(1)
  expect(security).toEqual([{ bearerAuth: expect.arrayContaining([expect.any(String)]) }])
})

test.for(documentedOperations)('every response body of $name has a schema and example', ({ responses }) => {
  for (const [status, { content = {} }] of Object.entries(responses)) {
    for (const [type, { schema, examples = {} }] of Object.entries(content)) {
      expect(schema, `schema of ${status} ${type}`).toBeDefined()
      expect(Object.keys(examples), `examples of ${status} ${type}`).not.toEqual([])
    }
  }
})

test('the signingSecret pattern allows 24 to 64 bytes and no other length', () => {
  const { pattern } = json.components.schemas.RotationInput.properties.signingSecret
  const lengths = Array.from({ length: 100 }, (_, bytes) => bytes)
  const letIn = lengths.filter((bytes) =>
    new RegExp(pattern, 'u').test(`whsec_${Buffer.alloc(bytes, 7).toString('base64')}`),
  )
  expect(letIn).toEqual(lengths.slice(24, 65))
})

test('the OpenAPI document contains no realistic secret or token', () => {
  const text = JSON.stringify(json)
  expect(text).toContain('whsec_new_full_secret_value')
  expect(text.match(/whsec_[A-Za-z0-9+/=]{24,}/g)).toBeNull()
  expect(text.match(/\bey[A-Za-z0-9_-]{8,}\.ey/g)).toBeNull()
})
