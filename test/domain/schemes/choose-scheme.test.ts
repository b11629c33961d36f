import { expect, test } from 'vitest'
import { chooseScheme, describeChange, HeaderNotAllowed } from '../../../src/domain/schemes/choose-scheme.ts'
import { isDefinedByHttp } from '../../../src/domain/schemes/http-headers.ts'

test('a new webhook uses Standard Webhooks unless the request names another scheme', () => {
  expect(chooseScheme({})).toEqual({ name: 'standard-webhooks', header: null })
  expect(chooseScheme({ name: 'slack' })).toEqual({ name: 'slack', header: null })
})

test('an update that leaves out scheme and header keeps both', () => {
  const stored = { name: 'stripe', header: 'X-Merchant' } as const
  expect(chooseScheme({}, stored)).toEqual(stored)
  expect(chooseScheme({ name: 'github' }, stored)).toEqual({ name: 'github', header: 'X-Merchant' })
  expect(chooseScheme({ header: 'X-Other' }, stored)).toEqual({ name: 'stripe', header: 'X-Other' })
})

test("naming the scheme's default header is the same as omitting it, so the header follows a change of scheme", () => {
  const chosen = chooseScheme({ name: 'stripe', header: 'Stripe-Signature' })
  expect(chosen).toEqual({ name: 'stripe', header: null })
  expect(chooseScheme({ name: 'github' }, chosen)).toEqual({ name: 'github', header: null })
})

test.each(['standard-webhooks', 'svix', 'slack'] as const)(
  '%s allows only its own headers, and drops a custom header set for an earlier scheme',
  (name) => {
    expect(() => chooseScheme({ name, header: 'X-Merchant' })).toThrow(HeaderNotAllowed)
    expect(chooseScheme({ name }, { name: 'stripe', header: 'X-Merchant' })).toEqual({ name, header: null })
  },
)

test('no header that HTTP itself defines can carry a signature', () => {
  for (const header of ['Authorization', 'content-length', 'HOST', 'Cookie', 'Transfer-Encoding']) {
    expect(isDefinedByHttp(header)).toBe(true)
    expect(() => chooseScheme({ name: 'github', header })).toThrow(
      `must not be ${header}, because HTTP itself gives that header a meaning`,
    )
  }
  expect(isDefinedByHttp('X-Merchant-Signature')).toBe(false)
  expect(isDefinedByHttp('')).toBe(false)
})

test('a change is described with the old and the new value of each property that changed', () => {
  const before = chooseScheme({ name: 'stripe' })
  expect(describeChange(before, before)).toBeNull()
  expect(describeChange(before, chooseScheme({ header: 'X-Merchant' }, before))).toBe(
    'signatureHeader changed from Stripe-Signature to X-Merchant',
  )
  expect(describeChange(before, chooseScheme({ name: 'slack' }, before))).toBe(
    'signatureScheme changed from stripe to slack, signatureHeader changed from Stripe-Signature to X-Slack-Signature',
  )
})
