import { expect, test } from 'vitest'
import { address, hashOf, isSamePage, readRoute } from '../../../src/web/console/route.ts'

test.for([
  '#/',
  '#/?olderThan=30',
  '#/applications',
  '#/applications?search=caf%C3%A9+%26+%3F%23%2F&cursor=YXBwXzE',
  '#/applications/app_1',
  '#/applications/app_1?search=orders&state=overlap&olderThan=365&sort=keyCreatedAt&cursor=a-b_C9',
  '#/applications/app_1/webhooks/hook_1',
  '#/find',
])('the fragment %s survives being read and written', (hash) => {
  expect(hashOf(readRoute(hash))).toBe(hash)
})

test('a missing fragment is the home, and an unknown one an unknown page', () => {
  for (const hash of ['', '#', '#/', '#/?']) expect(readRoute(hash)).toEqual({ page: 'home', olderThan: 90 })
  for (const hash of [
    '#/elsewhere',
    '#/applications/',
    '#/applications/a%2Fb',
    '#/applications/a/webhooks/<b>',
  ])
    expect(readRoute(hash)).toEqual({ page: 'unknown' })
})

test('a parameter of the list has an allowed value or counts as missing', () => {
  const nothing = { search: '', state: null, olderThan: null, sort: 'id', cursor: null }
  const hostile = [
    `search=${'a'.repeat(201)}`,
    'search=%00',
    'search=a%0Ab',
    'search=whsec_b64secret',
    'search=x+whsk_b64secret',
    'state=deleted',
    'state=__proto__',
    'olderThan=90.0',
    'olderThan=-1',
    'olderThan=1e9',
    'sort=constructor',
    'cursor=a%20b',
    `cursor=${'a'.repeat(201)}`,
    'cursor=../../token',
    'unknown=1',
    '%',
  ]
  for (const query of hostile)
    expect(readRoute(`#/applications/app_1?${query}`), query).toMatchObject({
      page: 'application',
      list: nothing,
    })
  expect(readRoute('#/?olderThan=31')).toEqual({ page: 'home', olderThan: 90 })
})

test('a search may hold any 200 characters but control characters', () => {
  const search = '🎣'.repeat(199) + '?'
  expect(readRoute(address.applications({ search }))).toEqual({
    page: 'applications',
    list: { search, cursor: null },
  })
})

test('two states of a list are the same page, and two applications are not', () => {
  const [one, filtered, other] = [
    '#/applications/a',
    '#/applications/a?state=overlap',
    '#/applications/b',
  ].map(readRoute)
  if (!one || !filtered || !other) throw new Error('unreachable')
  expect([isSamePage(one, filtered), isSamePage(one, other)]).toEqual([true, false])
})
