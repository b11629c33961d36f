import { expect, test } from 'vitest'
import { toMatcher } from '../../src/config/pattern.ts'

test.each<[pattern: string, matching: string[], others: string[]]>([
  ['', [''], ['a']],
  ['a', ['a'], ['', 'A', 'aa', 'a\n']],
  ['*', ['', 'a', '*', 'a\nb'], []],
  ['**', ['', 'a'], []],
  ['a*', ['a', 'ab', 'a\nb'], ['', 'ba']],
  ['*a', ['a', 'ba'], ['', 'ab']],
  ['a*a', ['aa', 'aba'], ['a', 'ab']],
  ['ab*ba', ['abba', 'ab-ba'], ['aba', 'ab']],
  ['*a*b*', ['ab', '-a-b-'], ['ba', 'a']],
  ['a*b*b', ['abb', 'a-b-b'], ['ab', 'acb']],
  ['repo:acme/*:ref:refs/heads/main', ['repo:acme/app:ref:refs/heads/main'], ['repo:acme/app:pull_request']],
  ['[a-z].+', ['[a-z].+'], ['abc']],
])('the pattern %j matches each of %j as a whole, and none of %j', (pattern, matching, others) => {
  const matches = toMatcher(pattern)
  expect([...matching, ...others].filter(matches)).toEqual(matching)
})

test('matching a pattern with many stars is fast, even for text that almost matches', () => {
  const matches = toMatcher(`${'a*'.repeat(200)}b`)
  expect(matches('a'.repeat(16_384))).toBe(false)
  expect(matches(`${'a'.repeat(16_384)}b`)).toBe(true)
})
