import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import { deserializeError, serializeError } from '../../../src/core/thread/serialized-error.ts'
import { RekeyError } from '../../../src/errors.ts'

/** Serializes, clones and deserializes an error, as happens when one thread sends it to another. */
function sent(error: unknown): Error {
  return deserializeError(structuredClone(serializeError(error)))
}

test('a RekeyError keeps its class, kind, message, retryAfterSeconds, stack and cause', () => {
  const cause = Object.assign(new Error('disk full'), { name: 'SqliteError', code: 'SQLITE_FULL' })
  const error = new RekeyError('tooManyRequests', { message: 'wait', retryAfterSeconds: 3, cause })
  const arrived = sent(error)
  expect(arrived).toBeInstanceOf(RekeyError)
  expect(arrived).toMatchObject({ kind: 'tooManyRequests', message: 'wait', retryAfterSeconds: 3 })
  expect(arrived.stack).toBe(error.stack)
  expect(arrived.cause).toBeInstanceOf(Error)
  expect(arrived.cause).toMatchObject({ name: 'SqliteError', code: 'SQLITE_FULL', message: 'disk full' })
})

test('a ConfigError keeps its faults, and other errors keep their name, message and stack', () => {
  expect(sent(new ConfigError(['one', 'two']))).toEqual(new ConfigError(['one', 'two']))
  const error = new TypeError('no such thing')
  expect(sent(error)).toMatchObject({ name: 'TypeError', message: 'no such thing', stack: error.stack })
  expect(sent(error).cause).toBeUndefined()
})

test('a thrown value that is not an Error becomes an Error that omits the value', () => {
  expect(sent('whsec_secret').message).toBe('the thrown value is not an Error (type: string)')
})
