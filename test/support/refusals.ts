import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { TestResponse } from './server.ts'

const page = readFileSync(new URL('../reference/rotate-webhook-signing-secret.txt', import.meta.url), 'utf8')

/** The error bodies on the owner's reference page, by status. */
const documented = new Map(
  (page.match(/^\{\n"error"[^}]*\}/gm) ?? []).map((text) => {
    const body = JSON.parse(text) as { code: number }
    return [body.code, JSON.stringify(body)]
  }),
)

/** Expects the status, and exactly the error body that the owner's reference page shows for it. */
export function expectDocumented(answer: TestResponse, status: 401 | 403 | 404 | 502 | 504): void {
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: documented.get(status) })
}

/** Expects the 401 for a request without a bearer token. Its challenge has no error code (RFC 6750, section 3.1). */
export function expectNoToken(answer: TestResponse): void {
  expectDocumented(answer, 401)
  expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="rekey"')
}

/**
 * Expects the 401 for an invalid bearer token. Only the WWW-Authenticate challenge says why, and it contains only
 * characters that RFC 6750, section 3, allows.
 */
export function expectInvalidToken(answer: TestResponse, description?: string): void {
  expectDocumented(answer, 401)
  const said = /^Bearer realm="rekey", error="invalid_token", error_description="([ !#-[\]-~]+)"$/.exec(
    answer.headers.get('www-authenticate') ?? '',
  )
  expect(said?.[1]).toEqual(description ?? expect.any(String))
}

/** Expects the 403 whose challenge names the missing scopes. */
export function expectMissingScopes(answer: TestResponse, ...scopes: string[]): void {
  expectDocumented(answer, 403)
  const description = `The token lacks the scope${scopes.length > 1 ? 's' : ''} ${scopes.join(' ')}`
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer realm="rekey", error="insufficient_scope", error_description="${description}", scope="${scopes.join(' ')}"`,
  )
}

/**
 * Expects the 403 for an application that the token does not list. Its challenge names no scope, because no scope would
 * help.
 */
export function expectOtherApplication(answer: TestResponse, application: string): void {
  expectDocumented(answer, 403)
  const description = `The token does not grant access to ${application}`
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer realm="rekey", error="insufficient_scope", error_description="${description}"`,
  )
}

export function expectTimedOut(answer: TestResponse): void {
  expectDocumented(answer, 504)
}

/** Expects the 502 without a WWW-Authenticate challenge, because the token is not the problem. */
export function expectUnavailable(answer: TestResponse): void {
  expectDocumented(answer, 502)
  expect(answer.headers.get('www-authenticate')).toBeNull()
}
