import { expect, test } from 'vitest'
import { closest } from '../../src/config/closest.ts'

const commands = ['serve', 'migrate', 'token', 'keygen', 'rotate', 'rewrap', 'audit']

test.each([
  ['migarte', 'migrate'],
  ['tokens', 'token'],
  ['rotat', 'rotate'],
  ['rewarp', 'rewrap'],
  ['serve', 'serve'],
])('the closest command to %s is %s', (text, meant) => {
  expect(closest(text, commands)).toBe(meant)
})

test.each(['destroy', 'xx', '', 'constantinople'])('no command is close to "%s"', (text) => {
  expect(closest(text, commands)).toBeUndefined()
})

test('returns the candidate that needs the fewest edits, or the first candidate in a tie', () => {
  expect(closest('secret', ['secretss', 'secrets'])).toBe('secrets')
  expect(closest('secret', ['secreta', 'secretb'])).toBe('secreta')
})

test("allows three edits or 40 percent of the text's length, whichever is fewer", () => {
  expect(closest('REKEY_JWT_ISSUER', ['REKEY_JWT_ISSxxx'])).toBe('REKEY_JWT_ISSxxx')
  expect(closest('REKEY_JWT_ISSUER', ['REKEY_JWT_ISxxxx'])).toBeUndefined()
  expect(closest('abcde', ['abcxy'])).toBe('abcxy')
  expect(closest('abcd', ['abxy'])).toBeUndefined()
})
