import { expect, test } from 'vitest'
import { outcomeOf, resolver } from '../support/post.ts'
import { startReceiver } from '../support/receivers.ts'

test.each([
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '127.0.0.1.',
  '%31%32%37.0.0.1',
  '１２７.0.0.1',
  '127。0。0。1',
  '0',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[2002:7f00:1::]',
  'localhost',
])('never connects to this machine through the host %s', async (host) => {
  const receiver = await startReceiver(() => 200)
  expect(await outcomeOf({ url: `http://${host}:${receiver.port}/`, allow: [] })).toBe('url_refused')
  expect(await outcomeOf({ url: `https://${host}:${receiver.port}/`, allow: [] })).toBe('url_refused')
  expect(receiver.connections()).toBe(0)
})

test('resolves the host name for every message, and connects only to addresses that passed the check', async () => {
  const receiver = await startReceiver(() => 200)
  const url = `http://merchant.example:${receiver.port}/`
  // DNS rebinding: the first lookup returns an allowed address, the second the receiver's. A client that looked the
  // name up again to connect would reach the receiver.
  const resolve = resolver(['127.0.0.2'], ['127.0.0.1'])
  expect(await outcomeOf({ url, resolve, allow: ['127.0.0.2'] })).toBe('no_answer')
  expect(await outcomeOf({ url, resolve, allow: ['127.0.0.2'] })).toBe('url_refused')
  expect(receiver.connections()).toBe(0)
  expect(await outcomeOf({ url, resolve, allow: ['127.0.0.1'] })).toBe(200)
})

test.each([
  [['127.0.0.1']],
  [['192.0.2.1', '127.0.0.1']],
  [['127.0.0.1', '192.0.2.1']],
  [['::1', '192.0.2.1']],
  [['::ffff:127.0.0.1']],
  [['fe80::1%lo']],
])('refuses a host name that resolves to %j, even if one address is allowed', async (addresses) => {
  const receiver = await startReceiver(() => 200)
  const url = `http://merchant.example:${receiver.port}/`
  expect(await outcomeOf({ url, resolve: resolver(addresses), allow: ['192.0.2.1'] })).toBe('url_refused')
  expect(receiver.connections()).toBe(0)
})

test('tries the next address of a host name if the first does not respond', async () => {
  const receiver = await startReceiver(() => 200)
  const resolve = resolver(['127.0.0.2', '127.0.0.1'])
  const url = `http://merchant.example:${receiver.port}/`
  expect(await outcomeOf({ url, resolve, allow: ['127.0.0.1', '127.0.0.2'] })).toBe(200)
})

test('returns unresolved for a host name without addresses', async () => {
  expect(await outcomeOf({ url: 'http://merchant.example/', resolve: resolver([]) })).toBe('unresolved')
})

test.each([
  'ftp://127.0.0.1/',
  'file:///etc/passwd',
  'ws://127.0.0.1/',
  'data:,x',
  'http://user:password@127.0.0.1/',
  'http://user@127.0.0.1/',
  'http://127.0.0.1:99999/',
  'http://127.0.0.1:0/',
  'https://[::1]:000/',
  'http://256.256.256.256/',
  'http://[::zz]/',
  'nonsense',
])('refuses the URL %s', async (url) => {
  expect(await outcomeOf({ url })).toBe('url_refused')
})
