import type { ErrorObject } from 'ajv'
import { isQuotableName } from '../request/quotable.ts'

/** The failed schema's keywords that an error message can use. */
interface FailedSchema {
  properties?: object
  minimum?: number
  maximum?: number
  'x-rule'?: string
}

/** Describes which field of a request is invalid, and why. Never repeats the field's value, which may be a secret. */
export function describeInvalidRequest(error: ErrorObject): string {
  const place = placeOf(error)
  const { missingProperty, additionalProperty } = error.params as Record<string, string>
  if (missingProperty === 'requestBody') return 'A JSON body is required'
  if (missingProperty !== undefined) return `${place}/${missingProperty} is required`
  if (additionalProperty !== undefined) return `${place} ${unknownName(place, additionalProperty, error)}`
  return `${place} ${ruleOf(error)}`
}

/** Returns the path of the invalid field, as in `body/overlapSeconds`. */
function placeOf({ instancePath, schemaPath }: ErrorObject): string {
  const place = instancePath.slice(1).replace(/^requestBody/, 'body')
  // A caller chooses the property names of some objects, such as a message's headers, so a name may be a secret too.
  const [isChosen, isItem] = /\/additionalProperties(\/items)?\/\w+$/.exec(schemaPath) ?? []
  if (isChosen === undefined) return place
  const chosen = isItem === undefined ? /[^/]*$/ : /[^/]*(?=\/\d+$)/
  return place.replace(chosen, (name) => (isQuotableName(name) ? name : '*'))
}

function unknownName(place: string, name: string, { parentSchema }: ErrorObject): string {
  const noun = place === 'query' ? 'parameter' : 'property'
  const nouns = place === 'query' ? 'parameters' : 'properties'
  const allowed = Object.keys((parentSchema as FailedSchema).properties ?? {}).join(', ')
  const unknown = `has an unknown ${noun}${isQuotableName(name) ? ` \`${name}\`` : ''}`
  return `${unknown}; ${allowed === '' ? `this operation allows no ${nouns} here` : `allowed ${nouns}: ${allowed}`}`
}

const typesInWords: Record<string, string> = {
  array: 'an array',
  boolean: 'true or false',
  integer: 'an integer',
  null: 'null',
  object: 'a JSON object',
  string: 'a string',
}

/** Describes the broken rule. For strings, `x-rule` in the OpenAPI document states the rule in words. */
function ruleOf({ keyword, params, parentSchema }: ErrorObject): string {
  const { minimum, maximum, 'x-rule': rule } = parentSchema as FailedSchema
  const { limit, type, allowedValues } = params as { limit: number; type: unknown; allowedValues: string[] }
  switch (keyword) {
    case 'type':
      return `must be ${[type]
        .flat()
        .map((name) => typesInWords[String(name)] ?? String(name))
        .join(' or ')}`
    case 'enum':
      return `must be one of: ${allowedValues.join(', ')}`
    case 'minimum':
    case 'maximum':
      if (minimum !== undefined && maximum !== undefined) return `must be from ${minimum} to ${maximum}`
      return `must be at ${keyword === 'minimum' ? 'least' : 'most'} ${limit}`
    case 'maxLength':
      return rule ?? `must have at most ${limit} characters`
    case 'minLength':
      return rule ?? `must have at least ${limit} characters`
    case 'maxItems':
      return `must have at most ${limit} items`
    case 'maxProperties':
      return `must have at most ${limit} properties`
    default:
      return rule ?? 'must follow the OpenAPI document'
  }
}
