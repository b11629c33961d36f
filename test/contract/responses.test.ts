import { expect, test } from 'vitest'
import { contractFaults, type CheckedResponse } from '../support/contract.ts'

const headers = {
  'content-type': 'application/json; charset=utf-8',
  'x-request-id': 'request-1',
  'cache-control': 'no-store',
  etag: '"key_4pQf0wJt0bqkq1uJp8wY2A"',
}
const body = {
  keyFingerprint: 'whsec_****b7d1',
  signingSecret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA=',
}

/** Returns what the contract check reports for a rotation response that is correct except for this change. */
function faults(change: { status?: number; headers?: Record<string, string>; body?: unknown }): string[] {
  const answer: CheckedResponse = {
    status: change.status ?? 200,
    headers: new Headers(change.headers ?? headers),
    body: 'body' in change ? change.body : body,
    text: JSON.stringify('body' in change ? change.body : body),
  }
  return contractFaults('PATCH', '/applications/app_1/webhooks/hook_1/secret', answer)
}

const without = (name: keyof typeof headers) =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name))

test('the contract check accepts a documented response', () => {
  expect(faults({})).toEqual([])
})

test.each([
  ['an undeclared status', { status: 202 }, 'status 202 is not declared'],
  ['an undeclared header', { headers: { ...headers, 'x-debug': '1' } }, 'header x-debug is not declared'],
  ['a missing header', { headers: without('etag') }, 'header ETag is missing'],
  ['a malformed header', { headers: { ...headers, etag: 'x' } }, 'header ETag  must match pattern'],
  [
    'an undeclared media type',
    { headers: { ...headers, 'content-type': 'text/html' } },
    'media type text/html is not declared',
  ],
  ['a missing media type', { headers: without('content-type') }, 'media type none is not declared'],
  ['an undeclared property', { body: { ...body, id: 'key_1' } }, 'body  must NOT have additional properties'],
  [
    'a missing property',
    { body: { keyFingerprint: body.keyFingerprint } },
    "body  must have required property 'signingSecret'",
  ],
  [
    'a property of the wrong type',
    { body: { ...body, signingSecret: 1 } },
    'body /signingSecret must be string',
  ],
  ['a missing body', { body: undefined }, 'body  must be object'],
])('the contract check reports %s', (_, change, fault) => {
  expect(faults(change).join('\n')).toContain(fault)
})

test('the contract check reports an undeclared response body and an undocumented operation', () => {
  const answer = { status: 204, headers: new Headers({ 'x-request-id': '1' }), body: undefined, text: 'text' }
  const path = '/applications/app_1'
  expect(contractFaults('DELETE', path, answer)).toContain('a body is not declared')
  expect(contractFaults('GET', '/nowhere', answer)).toEqual(['no operation serves it, so 204 is not known'])
})
