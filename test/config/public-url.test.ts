import { expect, test } from 'vitest'
import { publicUrl } from '../../src/config/public-url.ts'

test.each([
  ['https://platform.example', 'https://platform.example'],
  ['https://platform.example/', 'https://platform.example'],
  ['HTTPS://Platform.Example:443/rekey', 'https://platform.example/rekey'],
  ['http://127.0.0.1:8080/rekey/', 'http://127.0.0.1:8080/rekey'],
  ['https://platform.example/internal/rekey_2.0~x-y//', 'https://platform.example/internal/rekey_2.0~x-y'],
  ['https://[2001:db8::1]:8443/rekey', 'https://[2001:db8::1]:8443/rekey'],
  ['https://münchen.example/rekey', 'https://xn--mnchen-3ya.example/rekey'],
  ['https://platform.example/api/rekey', 'https://platform.example/api/rekey'],
  ['https://platform.example/documents', 'https://platform.example/documents'],
])('%s is read as %s', (text, expected) => {
  expect(publicUrl.parse(text)).toBe(expected)
})

test.each([
  ['platform.example/rekey', 'must be an http or https URL'],
  ['/rekey', 'must be an http or https URL'],
  ['ftp://platform.example', 'must be an http or https URL'],
  ['https:platform.example', 'must be an http or https URL'],
  ['https:///rekey', 'must be an http or https URL'],
  ['https://platform.example:99999', 'must be an http or https URL'],
  ['https://platform.example/rekey?x=1', 'must not contain a query or a fragment'],
  ['https://platform.example/rekey?', 'must not contain a query or a fragment'],
  ['https://platform.example/#rekey', 'must not contain a query or a fragment'],
  ['https://me:hidden@platform.example', 'must not contain a user name or password'],
  ['https://platform.example/a/../rekey', 'has a path with'],
  ['https://platform.example/.', 'has a path with'],
  ['https://platform.example/a//rekey', 'has a path with'],
  ['https://platform.example/a%2Frekey', 'has a path with'],
  ['https://platform.example/%2e%2e/rekey', 'has a path with'],
  ['https://platform.example/a\\rekey', 'has a path with'],
  ['https://platform.example\\rekey', 'has a path with'],
  ['https://platform.example/my rekey', 'has a path with'],
  ['https://platform.example/re\tkey', 'has a path with'],
  ['https://platform.example/api', 'overlaps'],
  ['https://platform.example/api/v1', 'overlaps'],
  ['https://platform.example/api/v1/rekey', 'overlaps'],
  ['https://platform.example/rekey/api/v1/', 'overlaps'],
  ['https://platform.example/rekey/docs', 'overlaps'],
  ['https://platform.example/console', 'overlaps'],
  ['https://platform.example/healthz', 'overlaps'],
  ['https://platform.example/readyz', 'overlaps'],
  ['https://platform.example/metrics', 'overlaps'],
  ['https://platform.example/openapi.json', 'overlaps'],
])('%s is refused, because it %s', (text, reason) => {
  const { error } = publicUrl.safeParse(text)
  expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining(reason)])
  expect(error?.message).not.toContain('hidden')
})
