import { expect, test } from 'vitest'
import { didYouMean } from '../../../src/commands/shared/did-you-mean.ts'

const names = ['rotate', 'rewrap', 'token', 'audit']

test.each([
  ['rotat', 'rotate'],
  ['tokne', 'token'],
  ['adit', 'audit'],
  ['rerwap', 'rewrap'],
])('for the unknown command %s, suggests %s', (given, closest) => {
  expect(didYouMean(given, names)).toBe(`; did you mean ${closest}?`)
})

test.each(['', 'x', 'destroy', 'start'])('suggests nothing for the unknown command "%s"', (given) => {
  expect(didYouMean(given, names)).toBe('')
})
