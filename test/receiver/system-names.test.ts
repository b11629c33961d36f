import { expect, test } from 'vitest'
import { namesToQuery } from '../../src/receiver/system-names.ts'

test("without a search list, the domain in the machine's host name is the only search domain", () => {
  expect(namesToQuery('receiver', '', 'host.corp.example')).toEqual(['receiver.corp.example', 'receiver'])
  expect(namesToQuery('receiver', 'nameserver 192.0.2.1', 'host')).toEqual(['receiver'])
})

test('the last search list applies, comments are ignored, and the root domain adds no name', () => {
  const config = 'search a.example\n# search b.example\n;search c.example\ndomain d.example\n'
  expect(namesToQuery('receiver', config, 'host')).toEqual(['receiver.d.example', 'receiver'])
  expect(namesToQuery('receiver', 'search .', 'host.corp.example')).toEqual(['receiver'])
})

test('ndots is 1 by default and 15 at most', () => {
  const search = 'search a.example'
  expect(namesToQuery('x.y', search, 'host')).toEqual(['x.y', 'x.y.a.example'])
  const deep = Array(16).fill('x').join('.')
  const names = namesToQuery(deep, `${search}\noptions timeout:1 ndots:99`, 'host')
  expect(names).toEqual([deep, `${deep}.a.example`])
})
