import { expect, test } from 'vitest'
import { schemes } from '../../src/domain/schemes/schemes.ts'
import { carriesOneSignature } from '../../src/web/console/overlap.ts'
import type { Webhook } from '../../src/web/console/state.ts'
import json from '../../generated/openapi.json' with { type: 'json' }
import { documentedOperations } from '../support/document.ts'

/** Operations that the token of an invitation allows, the last one without any other token. */
const invited = ['rotateWebhookSecret', 'probeReceiver', 'getInvitation']

test.for(documentedOperations)(
  '$name has an operationId, one tag and, unless it is about the token itself, at least one scope',
  (operation) => {
    const { operationId, tags = [], security = [] } = operation
    expect(operationId).toMatch(/^[a-z][A-Za-z]+$/)
    expect(tags).toHaveLength(1)
    expect(security).toEqual([
      ...(operationId === 'getInvitation'
        ? []
        : [{ bearerAuth: operationId === 'getToken' ? [] : expect.arrayContaining([expect.any(String)]) }]),
      ...(invited.includes(operationId ?? '') ? [{ invitation: [] }] : []),
    ])
  },
)

test.for(documentedOperations)('every response body of $name has a schema and example', ({ responses }) => {
  for (const [status, { content = {} }] of Object.entries(responses)) {
    for (const [type, { schema, examples = {} }] of Object.entries(content)) {
      expect(schema, `schema of ${status} ${type}`).toBeDefined()
      expect(Object.keys(examples), `examples of ${status} ${type}`).not.toEqual([])
    }
  }
})

test('the enum of signature schemes names every scheme in the registry, and the console those with one signature', () => {
  expect(json.components.schemas.SignatureScheme.enum).toEqual(Object.keys(schemes))
  for (const [name, { separator }] of Object.entries(schemes))
    expect(carriesOneSignature({ signatureScheme: name } as Webhook)).toBe(separator === undefined)
})

test('the OpenAPI document contains no realistic secret or token', () => {
  const text = JSON.stringify(json)
  expect(text).toContain('whsec_new_full_secret_value')
  expect(text.match(/whsec_[A-Za-z0-9+/=]{24,}/g)).toBeNull()
  expect(text.match(/\bey[A-Za-z0-9_-]{8,}\.ey/g)).toBeNull()
})
