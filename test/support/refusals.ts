import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { TestResponse } from './server.ts'

const page = readFileSync(new URL('../reference/rotate-webhook-signing-secret.txt', import.meta.url), 'utf8')

/** The owner's error bodies, by status, as they stand on the reference page. */
const documented = new Map(
  (page.match(/^\{\n"error"[^}]*\}/gm) ?? []).map((text) => {
    const body = JSON.parse(text) as { code: number }
    return [body.code, JSON.stringify(body)]
  }),
)

/** The status, with the reference page's body letter for letter. */
export function expectDocumented(answer: TestResponse, status: 401 | 403 | 404 | 502 | 504): void {
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: documented.get(status) })
}

/** 401, as RFC 6750 wants it for a request that carries no bearer token at all. */
export function expectNoToken(answer: TestResponse): void {
  expectDocumented(answer, 401)
  expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="rekey"')
}

/** 401 to a bearer token: only the challenge says why, in characters that RFC 6750, section 3, allows. */
export function expectInvalidToken(answer: TestResponse, description?: string): void {
  expectDocumented(answer, 401)
  const said = /^Bearer realm="rekey", error="invalid_token", error_description="([ !#-[\]-~]+)"$/.exec(
    answer.headers.get('www-authenticate') ?? '',
  )
  expect(said?.[1]).toEqual(description ?? expect.any(String))
}

/** 403 for want of scopes, which it names. */
export function expectMissingScopes(answer: TestResponse, ...scopes: string[]): void {
  expectDocumented(answer, 403)
  const description = `The token lacks the scope${scopes.length > 1 ? 's' : ''} ${scopes.join(' ')}`
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer realm="rekey", error="insufficient_scope", error_description="${description}", scope="${scopes.join(' ')}"`,
  )
}

/** 403 for an application that the token does not name, and without `scope`: no other scope would help. */
export function expectOtherApplication(answer: TestResponse, application: string): void {
  expectDocumented(answer, 403)
  const description = `The token does not grant access to ${application}`
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer realm="rekey", error="insufficient_scope", error_description="${description}"`,
  )
}

/** 504. */
export function expectTimedOut(answer: TestResponse): void {
  expectDocumented(answer, 504)
}

/** 502, which says nothing of the token, and so carries no challenge. */
export function expectUnavailable(answer: TestResponse): void {
  expectDocumented(answer, 502)
  expect(answer.headers.get('www-authenticate')).toBeNull()
}
