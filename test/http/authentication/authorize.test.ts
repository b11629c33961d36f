import { expect, test } from 'vitest'
import type { Applications } from '../../../src/config/config.ts'
import { authorize } from '../../../src/http/authentication/authorize.ts'

function authorizeWith(rights: Record<string, Applications>, applicationId?: string): Applications {
  const caller = { subject: null, identity: 'caller', rights: new Map(Object.entries(rights)) }
  return authorize(caller, ['secrets:read', 'messages:sign'], applicationId)
}

test('an operation that requires several scopes is allowed only for applications for which the token grants all of them', () => {
  const rights = { 'secrets:read': ['app_1', 'app_2'], 'messages:sign': ['app_2', 'app_3'] }
  expect(authorizeWith(rights)).toEqual(['app_2'])
  expect(authorizeWith({ ...rights, 'secrets:read': '*' })).toEqual(['app_2', 'app_3'])
  expect(authorizeWith({ ...rights, 'messages:sign': '*' })).toEqual(['app_1', 'app_2'])
  expect(authorizeWith({ 'secrets:read': '*', 'messages:sign': '*' })).toBe('*')
  for (const id of ['app_1', 'app_3', 'app_4'])
    expect(() => authorizeWith(rights, id)).toThrow(expect.objectContaining({ kind: 'forbidden' }))
})

test('authorization for an operation that requires no scope fails for every token', () => {
  const caller = { subject: null, identity: 'caller', rights: new Map([['secrets:read', '*' as const]]) }
  expect(() => authorize(caller, [], undefined)).toThrow()
})
