import fc from 'fast-check'
import type { documentedOperations, Parameter } from './document.ts'
import { knownInvitationId } from './invitations.ts'
import { following, near, nearText, type Schema } from './schema-arbitraries.ts'

export type Operation = (typeof documentedOperations)[number]

/** A request to a documented operation. The request may violate the OpenAPI document. */
export interface FuzzedRequest {
  path: Record<string, string>
  query: [name: string, value: string][]
  headers: Record<string, string>
  /** Undefined if the request has no body. */
  body: unknown
}

/** Existing IDs, so that most requests do not fail with 404. */
const known: Record<string, string> = {
  applicationId: 'app_1',
  webhookId: 'hook_1',
  invitationId: knownInvitationId,
}

/** Generates requests to the operation. Most are valid. */
export function fuzzedRequest({ parameters, requestBody }: Operation): fc.Arbitrary<FuzzedRequest> {
  const named = (place: string) => parameters.filter((parameter) => parameter.in === place)
  const schema = requestBody?.content['application/json'].schema
  return fc.record({
    path: fc.record(Object.fromEntries(named('path').map((parameter) => [parameter.name, id(parameter)]))),
    query: fuzzedQuery(named('query')),
    headers: fuzzedHeaders(named('header')),
    body: schema ? mostly(fuzzedBody(schema), fc.constant(undefined)) : fc.constant(undefined),
  })
}

function id({ name, schema }: Parameter): fc.Arbitrary<string> {
  return mostly(fc.constant(known[name] ?? name), nearText(schema).filter(isSegment))
}

function fuzzedQuery(parameters: Parameter[]): fc.Arbitrary<[string, string][]> {
  const pairs = parameters.map(({ name, schema }) =>
    fc.tuple(fc.constant(name), mostly(text(schema), nearText(schema)).filter(isText)),
  )
  const names = [...parameters.map(({ name }) => name), 'page', 'limit[]', '__proto__', 'toString']
  const anything = fc.array(
    fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), fc.string({ unit: 'binary' })),
    { minLength: 1, maxLength: 3 },
  )
  return mostly(
    fc.subarray(pairs).chain((some) => fc.tuple(...some)),
    anything,
  )
}

function fuzzedHeaders(parameters: Parameter[]): fc.Arbitrary<Record<string, string>> {
  const fields = parameters.map(({ name, schema }) =>
    fc.tuple(fc.constant(name), mostly(text(schema), nearText(schema)).filter(isFieldValue)),
  )
  return fc
    .subarray(fields)
    .chain((some) => fc.tuple(...some))
    .map((pairs) => Object.fromEntries(pairs))
}

function fuzzedBody(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(following(schema), near(schema))
}

function text(schema: Schema): fc.Arbitrary<string> {
  return following(schema).map(String)
}

function mostly<T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 10, arbitrary: usual }, { weight: 1, arbitrary: odd })
}

/** Whether the value can be percent-encoded, which is impossible with a lone surrogate. */
function isText(value: string): boolean {
  return value.isWellFormed()
}

/** Whether clients send the path segment unchanged. They remove dot segments, even percent-encoded ones. */
function isSegment(value: string): boolean {
  return isText(value) && !['', '.', '..'].includes(value)
}

/** Whether a header value arrives unchanged: no control characters, no space at either end (RFC 9110, section 5.5). */
function isFieldValue(value: string): boolean {
  return /^([!-~\x80-\xff]([\t -~\x80-\xff]*[!-~\x80-\xff])?)?$/.test(value)
}
