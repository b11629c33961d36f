import { isUtf8 } from 'node:buffer'
import { RekeyError } from '../../errors.ts'

/**
 * Maximum bytes of a body outside its strings. A payload is one string, so only a hostile body needs more: six
 * megabytes of brackets would occupy the thread for a second.
 */
const maxStructureBytes = 65_536

/** Matches every JSON text with a property named `__proto__`, whether or not its letters are escaped. */
const mayNamePrototype =
  /"(?:_|\\u005f){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006f)(?:t|\\u0074)(?:o|\\u006f)(?:_|\\u005f){2}"/i

const quote = 0x22
const backslash = 0x5c

/**
 * Parses a JSON object or array.
 * @returns an empty object if the body is empty
 * @throws RekeyError `badRequest` if the body is not UTF-8 (RFC 8259, section 8.1), not JSON, names a property
 * `__proto__`, or has too much structure
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {}
  if (hasTooMuchStructure(bytes)) {
    throw new RekeyError('badRequest', {
      message: `The request body must not have more than ${maxStructureBytes} bytes outside its strings`,
    })
  }
  try {
    if (!isUtf8(bytes)) throw new TypeError('not UTF-8')
    const text = bytes.toString('utf8')
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) throw new TypeError('neither an object nor an array')
    if (mayNamePrototype.test(text) && namesPrototype(value))
      throw new TypeError('a property is named __proto__')
    return value
  } catch {
    // No `cause`: its message quotes a part of the body.
    throw notJson()
  }
}

export function notJson(): RekeyError {
  return new RekeyError('badRequest', { message: 'The request body must be a JSON object encoded in UTF-8' })
}

/** Whether an object in the value has a property that code could take for its prototype. */
function namesPrototype(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(namesPrototype)
}

function hasTooMuchStructure(bytes: Buffer): boolean {
  const { length } = bytes
  if (length <= maxStructureBytes) return false
  let count = 0
  let index = 0
  while (index < length) {
    if (bytes[index++] !== quote) {
      if (++count > maxStructureBytes) return true
      continue
    }
    // A string has its own loop, because a single loop that tracks whether it is in a string takes three times as long.
    while (index < length) {
      const byte = bytes[index++]
      if (byte === quote) break
      // The next byte is escaped, and may be a quote.
      if (byte === backslash) index++
    }
  }
  return false
}
