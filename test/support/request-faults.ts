import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FuzzedRequest, Operation } from './fuzzed-request.ts'
import type { Schema } from './schema-arbitraries.ts'

const ajv = new Ajv2020({ strict: false, formats: { password: true } })
addFormats.default(ajv)
const compiled = new WeakMap<Schema, ValidateFunction>()

/** Lists the request's parameters that violate the OpenAPI document, and `body` if the body violates it. */
export function requestFaults({ parameters, requestBody }: Operation, request: FuzzedRequest): string[] {
  const faulty = parameters.filter(({ name, in: place, schema }) => {
    const values = valuesAt(place, name, request)
    return values.length > 1 || values.some((value) => !follows(schema, fromText(schema, value)))
  })
  const unknown = request.query.filter(([name]) => !parameters.some((parameter) => parameter.name === name))
  const places = [...faulty.map(({ name }) => name), ...unknown.map(([name]) => `query ${name}`)]
  return requestBody && !bodyFollows(requestBody, request.body) ? [...places, 'body'] : places
}

function valuesAt(place: string, name: string, { path, query, headers }: FuzzedRequest): string[] {
  if (place === 'query') return query.flatMap(([key, value]) => (key === name ? value : []))
  const value = (place === 'path' ? path : headers)[name]
  return value === undefined ? [] : [value]
}

/** Converts an integer or boolean parameter. Leaves other text unchanged, so that its validation fails. */
function fromText({ type }: Schema, text: string): unknown {
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  return type === 'integer' && /^-?\d+$/.test(text) ? Number(text) : text
}

function bodyFollows({ required, content }: NonNullable<Operation['requestBody']>, body: unknown): boolean {
  if (body === undefined) return required !== true
  const sent = JSON.stringify(body)
  // The OpenAPI document states these rules in prose: no lone surrogate (I-JSON, RFC 7493, section 2.1), no __proto__.
  if (/(?<!\\)(\\\\)*\\ud[89a-f]|"__proto__":/.test(sent)) return false
  return follows(content['application/json'].schema, JSON.parse(sent))
}

function follows(schema: Schema, value: unknown): boolean {
  let check = compiled.get(schema)
  if (!check) {
    check = ajv.compile(schema)
    compiled.set(schema, check)
  }
  return check(value)
}
