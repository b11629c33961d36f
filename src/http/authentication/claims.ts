import { isDeepStrictEqual } from 'node:util'

/**
 * Reads the claim that a name or a path denotes. A name may contain dots, so `kubernetes.io.namespace` denotes
 * `namespace` in `kubernetes.io`, a claim of that whole name, or any other way to split it.
 * @returns undefined if the claim is missing, or if the path denotes several claims that differ
 */
export function readClaim(claims: object, path: string): unknown {
  const [first, ...others] = readings(claims, path)
  return others.every((other) => isDeepStrictEqual(other, first)) ? first : undefined
}

/** Returns every value that the path denotes. Reads own properties only, so that no claim is `constructor`. */
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
 * Returns the texts in a claim: the text itself, the texts in an array, or the names of an object's properties whose
 * values are `true` or objects.
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
