import { expect, test } from 'vitest'
import { parseTraceContext, traceHeaders } from '../src/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const valid = `00-${traceId}-${parentId}-01`

/** Parses a valid `traceparent` with this `tracestate`. @returns the state that Rekey would pass on */
const stateOf = (tracestate: string) => parseTraceContext(valid, tracestate)?.state

test('reads trace ID, parent ID and the sampled flag of a traceparent', () => {
  expect(parseTraceContext(valid, '')).toEqual({ traceId, parentId, sampled: true, state: '' })
  expect(parseTraceContext(`00-${traceId}-${parentId}-00`, '')).toMatchObject({ sampled: false })
  // Level 1 defines only the lowest bit.
  expect(parseTraceContext(`00-${traceId}-${parentId}-fe`, '')).toMatchObject({ sampled: false })
  expect(parseTraceContext(`00-${traceId}-${parentId}-09`, '')).toMatchObject({ sampled: true })
})

test('reads the known fields of a later version of traceparent', () => {
  expect(parseTraceContext(`01-${traceId}-${parentId}-01`, '')).toMatchObject({ traceId, parentId })
  expect(parseTraceContext(`fe-${traceId}-${parentId}-01-what.the-future`, '')).toMatchObject({ traceId })
})

test.each([
  ['an empty one', ''],
  ['version ff', `ff-${traceId}-${parentId}-01`],
  ['a trace ID of zeros', `00-${'0'.repeat(32)}-${parentId}-01`],
  ['a parent ID of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['uppercase digits', valid.toUpperCase()],
  ['a digit that is not hexadecimal', valid.replace('f', 'g')],
  ['a short trace ID', `00-${traceId.slice(1)}-${parentId}-01`],
  ['a long parent ID', `00-${traceId}-${parentId}0-01`],
  ['no flags', `00-${traceId}-${parentId}`],
  ['long flags', `${valid}0`],
  ['a field that version 00 does not have', `${valid}-00`],
  ['long flags of a later version', `01-${traceId}-${parentId}-011`],
  ['spaces around it', ` ${valid} `],
  ['two headers', `${valid}, ${valid}`],
])('ignores a traceparent with %s', (_, traceparent) => {
  expect(parseTraceContext(traceparent, 'vendor=1')).toBeUndefined()
})

test.each([
  'vendor=t61rcWkgMzE',
  'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
  'rojo=1 ,\t congo=2,,',
  'fw529a3039@dt=FfAAAAAAAAAAAAAAAAAAAA;1,0tenant/a*_-@sys=x y',
  `vendor=${'x'.repeat(256)}`,
  Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(','),
])('passes on the tracestate %j unchanged', (tracestate) => {
  expect(stateOf(tracestate)).toBe(tracestate)
})

test.each([
  ['no value', 'vendor'],
  ['an empty value', 'vendor='],
  ['an empty key', '=1'],
  ['an uppercase key', 'Vendor=1'],
  ['a key that starts with a digit and has no tenant', '0vendor=1'],
  ['a space in a key', 'ven dor=1'],
  ['an equals sign in a value', 'vendor=a=b'],
  ['a character that is not ASCII', 'vendor=ü'],
  ['a control character', 'vendor=a\u0007b'],
  ['a value of 257 characters', `vendor=${'x'.repeat(257)}`],
  ['a repeated key', 'vendor=1,vendor=2'],
  ['33 members', Array.from({ length: 33 }, (_, index) => `k${index}=v`).join(',')],
  ['more than 512 characters', `a=${'x'.repeat(254)},b=${'x'.repeat(254)},`],
  ['a signing secret', 'vendor=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  ['a private key', 'vendor=whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  ['a token', 'vendor=eyJhbGciOiJIUzI1NiJ9.e30.AAAA'],
])('drops a tracestate with %s, and keeps the traceparent', (_, tracestate) => {
  expect(stateOf(tracestate)).toBe('')
})

test('continues the trace with a new parent ID each time, in version 00', () => {
  const trace = parseTraceContext(`01-${traceId}-${parentId}-ff-x`, 'vendor=1')
  const [first, second] = [traceHeaders(trace), traceHeaders(trace)]
  expect(first).toEqual({
    traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)) as string,
    tracestate: 'vendor=1',
  })
  expect(
    new Set([parentId, first['traceparent']?.slice(36, 52), second['traceparent']?.slice(36, 52)]).size,
  ).toBe(3)
  expect(Object.keys(traceHeaders(parseTraceContext(`00-${traceId}-${parentId}-00`, '')))).toEqual([
    'traceparent',
  ])
  expect(traceHeaders(parseTraceContext(`00-${traceId}-${parentId}-00`, ''))['traceparent']).toMatch(/-00$/)
})

test('adds no header to a request that belongs to no trace', () => {
  expect(traceHeaders(undefined)).toEqual({})
})
