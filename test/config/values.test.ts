import { expect, test } from 'vitest'
import { host, origins } from '../../src/config/values.ts'

test.each([
  ['[::]', '::'],
  ['::', '::'],
  ['[fe80::1%eth0]', 'fe80::1%eth0'],
  ['0.0.0.0', '0.0.0.0'],
  ['localhost', 'localhost'],
  ['rekey_1.internal', 'rekey_1.internal'],
])('HOST=%s listens on %s', (text, expected) => {
  expect(host.parse(text)).toBe(expected)
})

test.each(['[::', '::]', '[127.0.0.1]', '0.0.0.0:8080', '[::]:8080', 'http://localhost', 'a b'])(
  'rejects HOST=%s and says what HOST must be',
  (text) => {
    expect(host.safeParse(text).error?.issues).toMatchObject([
      { message: 'must be an IP address or a host name, without a scheme or a port; PORT sets the port' },
    ])
  },
)

test('origins are read as browsers write them', () => {
  expect(origins.parse('https://Admin.example:443/, http://localhost:5173,https://münchen.example')).toEqual([
    'https://admin.example',
    'http://localhost:5173',
    'https://xn--mnchen-3ya.example',
  ])
})

test.each([
  '*',
  'null',
  'admin.example',
  'https://*.example.com',
  'https://admin.example/path',
  'https://admin.example?x',
  'https://me@admin.example',
  'file:///',
  '',
])('the origin %j is refused in words that name its place in the list', (text) => {
  expect(origins.safeParse(`https://admin.example,${text}`).error?.issues).toMatchObject([
    { message: expect.stringMatching(/^must list origins such as .*; correct entry 2$/) as string },
  ])
})
