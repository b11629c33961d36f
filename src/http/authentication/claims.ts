import { isDeepStrictEqual } from 'node:util'

/**
 * Reads a claim by its name or path. Names may contain dots, so the path is split in every possible way:
 * `kubernetes.io.namespace` may denote the property `namespace` of `kubernetes.io`, or a claim with the whole path as
 * its name.
 * @returns undefined if the claim is missing, or if the path denotes several claims with different values
 */
export function readClaim(claims: object, path: string): unknown {
  const [first, ...others] = readings(claims, path)
  return others.every((other) => isDeepStrictEqual(other, first)) ? first : undefined
}

/** Returns every value that the path denotes. Reads only own properties, so that `constructor` denotes no claim. */
function readings(value: unknown, path: string): unknown[] {
  if (!isObject(value)) return []
  const whole = Object.hasOwn(value, path) ? [value[path]] : []
  const nested = [...path.matchAll(/\./g)].flatMap(({ index }) => {
    const name = path.slice(0, index)
    return Object.hasOwn(value, name) ? readings(value[name], path.slice(index + 1)) : []
  })
  return [...whole, ...nested]
}

/**
 * Returns the strings in a claim: the string itself, the strings in an array, or the names of an object's
 * properties whose values are `true` or objects.
 */
export function textsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return [claim]
  if (Array.isArray(claim)) return claim.filter((item) => typeof item === 'string')
  if (!isObject(claim)) return []
  return Object.keys(claim).filter((name) => claim[name] === true || isObject(claim[name]))
}

/** Like `textsOf`, but splits a claim that is a string at spaces (RFC 8693, section 4.2). Never splits the strings in an array. */
export function wordsOf(claim: unknown): string[] {
  return typeof claim === 'string' ? claim.split(' ').filter((word) => word !== '') : textsOf(claim)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
