import { expect, test } from 'vitest'
import { publicRandomBytes } from '../../src/domain/random.ts'

test('each draw is of the length that is asked for, and like no other', () => {
  // More than are drawn from the system at once.
  const draws = Array.from({ length: 1_000 }, (_, index) => publicRandomBytes(12 + (index % 5)))
  expect(draws.map(({ length }) => length)).toEqual(draws.map((_, index) => 12 + (index % 5)))
  const beginnings = draws.map((bytes) => bytes.subarray(0, 12).toString('hex'))
  expect(new Set(beginnings).size).toBe(draws.length)
})

test('a draw stays as it is when others are drawn', () => {
  const first = publicRandomBytes(16)
  const asDrawn = first.toString('hex')
  for (let count = 0; count < 600; count++) publicRandomBytes(16)
  expect(first.toString('hex')).toBe(asDrawn)
})

test('more than are drawn from the system at once are refused, rather than fewer given', () => {
  expect(publicRandomBytes(4_096)).toHaveLength(4_096)
  expect(() => publicRandomBytes(4_097)).toThrow(RangeError)
})
