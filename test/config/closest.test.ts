import { expect, test } from 'vitest'
import { closest } from '../../src/config/closest.ts'

const commands = ['serve', 'migrate', 'token', 'keygen', 'rotate', 'rewrap', 'audit']

test.each([
  ['migarte', 'migrate'],
  ['tokens', 'token'],
  ['rotat', 'rotate'],
  ['rewarp', 'rewrap'],
  ['serve', 'serve'],
])('%s is probably %s', (text, meant) => {
  expect(closest(text, commands)).toBe(meant)
})

test.each(['destroy', 'xx', '', 'constantinople'])('"%s" is close to no command', (text) => {
  expect(closest(text, commands)).toBeUndefined()
})

test('returns the candidate with the fewest edits, and the first of several', () => {
  expect(closest('secret', ['secretss', 'secrets'])).toBe('secrets')
  expect(closest('secret', ['secreta', 'secretb'])).toBe('secreta')
})

test('suggests nothing beyond three edits, or beyond 40 percent of a short text', () => {
  expect(closest('REKEY_JWT_ISSUER', ['REKEY_JWT_ISSxxx'])).toBe('REKEY_JWT_ISSxxx')
  expect(closest('REKEY_JWT_ISSUER', ['REKEY_JWT_ISxxxx'])).toBeUndefined()
  expect(closest('abcde', ['abcxy'])).toBe('abcxy')
  expect(closest('abcd', ['abxy'])).toBeUndefined()
})
