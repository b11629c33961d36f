import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import { deserializeError, serializeError } from '../../../src/core/thread/serialized-error.ts'
import { RekeyError } from '../../../src/errors.ts'

/** As one thread gives it to another. */
function sent(error: unknown): Error {
  return deserializeError(structuredClone(serializeError(error)))
}

test('a RekeyError is one on the other side, with its kind, text, wait and cause', () => {
  const cause = Object.assign(new Error('disk full'), { name: 'SqliteError', code: 'SQLITE_FULL' })
  const error = new RekeyError('tooManyRequests', { message: 'wait', retryAfterSeconds: 3, cause })
  const arrived = sent(error)
  expect(arrived).toBeInstanceOf(RekeyError)
  expect(arrived).toMatchObject({ kind: 'tooManyRequests', message: 'wait', retryAfterSeconds: 3 })
  expect(arrived.stack).toBe(error.stack)
  expect(arrived.cause).toBeInstanceOf(Error)
  expect(arrived.cause).toMatchObject({ name: 'SqliteError', code: 'SQLITE_FULL', message: 'disk full' })
})

test('a ConfigError keeps its faults, and another error its name, text and stack', () => {
  expect(sent(new ConfigError(['one', 'two']))).toEqual(new ConfigError(['one', 'two']))
  const error = new TypeError('no such thing')
  expect(sent(error)).toMatchObject({ name: 'TypeError', message: 'no such thing', stack: error.stack })
  expect(sent(error).cause).toBeUndefined()
})

test('what is thrown and no error arrives as one that does not repeat it', () => {
  expect(sent('whsec_secret').message).toBe('a string was thrown')
})
