import { expect, test } from 'vitest'
import { publicRandomBytes } from '../../src/domain/random.ts'

test('each draw has the requested length and is unique', () => {
  // Together, the draws need more bytes than Rekey requests from the system at a time.
  const draws = Array.from({ length: 1_000 }, (_, index) => publicRandomBytes(12 + (index % 5)))
  expect(draws.map(({ length }) => length)).toEqual(draws.map((_, index) => 12 + (index % 5)))
  const beginnings = draws.map((bytes) => bytes.subarray(0, 12).toString('hex'))
  expect(new Set(beginnings).size).toBe(draws.length)
})

test('later draws do not overwrite the bytes of an earlier draw', () => {
  const first = publicRandomBytes(16)
  const asDrawn = first.toString('hex')
  for (let count = 0; count < 600; count++) publicRandomBytes(16)
  expect(first.toString('hex')).toBe(asDrawn)
})

test('rejects a draw of more than 4,096 bytes instead of returning fewer bytes', () => {
  expect(publicRandomBytes(4_096)).toHaveLength(4_096)
  expect(() => publicRandomBytes(4_097)).toThrow(RangeError)
})
