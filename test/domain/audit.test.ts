import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  chainEvent,
  findChainBreak,
  firstPreviousHash,
  type AuditEvent,
  type EventDetails,
} from '../../src/domain/audit.ts'
import type { SigningKey } from '../../src/domain/signing-key.ts'

const owner = { applicationId: 'app', webhookId: 'hook' }

function key(id: string, ends: Partial<SigningKey> = {}): SigningKey {
  return {
    ...owner,
    id,
    generation: 1,
    fingerprint: 'whsec_****0000',
    sha256: '0'.repeat(64),
    guessable: false,
    createdAt: 1,
    createdBy: null,
    reason: null,
    expiresAt: null,
    revokedAt: null,
    secretErased: false,
    ...ends,
  }
}

const created: EventDetails = {
  type: 'webhook.created',
  at: 1000,
  actor: 'ops',
  requestId: 'request-1',
  reason: null,
  key: null,
  endedKeys: [],
}
const rotated: EventDetails = {
  ...created,
  type: 'secret.rotated',
  at: 2000,
  reason: 'leaked',
  key: key('key_2'),
  endedKeys: [key('key_1', { expiresAt: 3000 }), key('key_0', { expiresAt: 2500, revokedAt: 2000 })],
}

function trail(): { first: AuditEvent; second: AuditEvent } {
  const first = chainEvent(owner, created, undefined)
  return { first, second: chainEvent(owner, rotated, first) }
}

test("a webhook's first event has sequence 1 and a previousHash of 64 zeros", () => {
  const { first } = trail()
  expect(firstPreviousHash).toBe('0'.repeat(64))
  expect(first).toMatchObject({ ...owner, ...created, sequence: 1, previousHash: firstPreviousHash })
  expect(findChainBreak(first, undefined)).toBeNull()
})

test('an event links to the previous event, and records only the ID, fingerprint, expiry and revocation of each key', () => {
  const { first, second } = trail()
  expect(second).toMatchObject({ sequence: 2, previousHash: first.hash })
  const fingerprint = 'whsec_****0000'
  expect(second.key).toEqual({ id: 'key_2', fingerprint, expiresAt: null, revokedAt: null })
  expect(second.endedKeys).toEqual([
    { id: 'key_1', fingerprint, expiresAt: 3000, revokedAt: null },
    { id: 'key_0', fingerprint, expiresAt: 2500, revokedAt: 2000 },
  ])
  expect(findChainBreak(second, first)).toBeNull()
})

test("an event's hash is the SHA-256 of the documented fields in the documented order", () => {
  const { first, second } = trail()
  const said = [
    ...[first.hash, 'app', 'hook', 2, 'secret.rotated', 2000, 'ops', 'leaked', 'request-1'],
    ['key_2', 'whsec_****0000', null, null],
    [
      ['key_1', 'whsec_****0000', 3000, null],
      ['key_0', 'whsec_****0000', 2500, 2000],
    ],
  ]
  expect(second.hash).toBe(createHash('sha256').update(JSON.stringify(said)).digest('hex'))
})

test('distinguishes a missing event from an event that links to another chain', () => {
  const { first, second } = trail()
  expect(findChainBreak(second, undefined)).toBe('an event before it is missing')
  expect(findChainBreak(first, first)).toBe('an event before it is missing')
  const other = chainEvent({ ...owner, webhookId: 'other' }, created, undefined)
  expect(findChainBreak(second, other)).toBe('its previousHash does not match the hash of the previous event')
  expect(findChainBreak({ ...first, previousHash: second.hash }, undefined)).toBe(
    'its previousHash does not match the hash of the previous event',
  )
})

test.each<[string, (trail: { first: AuditEvent; second: AuditEvent }) => Partial<AuditEvent>]>([
  ['the application', () => ({ applicationId: 'other' })],
  ['the webhook', () => ({ webhookId: 'other' })],
  ['the type', () => ({ type: 'secret.previous_revoked' })],
  ['the time', () => ({ at: 2001 })],
  ['the actor', () => ({ actor: null })],
  ['the reason', () => ({ reason: 'another' })],
  ['the request ID', () => ({ requestId: null })],
  ['the key', () => ({ key: null })],
  ["the key's expiry", () => ({ key: { ...key('key_2'), expiresAt: 1 } })],
  ['the endedKeys list', () => ({ endedKeys: [] })],
  [
    'the revocation of a key in endedKeys',
    ({ second }) => ({ endedKeys: second.endedKeys.map((ended) => ({ ...ended, revokedAt: 9 })) }),
  ],
  ['the hash', ({ first }) => ({ hash: first.hash })],
])('detects a change to %s', (_, change) => {
  const { first, second } = trail()
  expect(findChainBreak({ ...second, ...change({ first, second }) }, first)).toBe('its content was changed')
})
