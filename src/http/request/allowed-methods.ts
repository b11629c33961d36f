import type { Context } from 'koa'
import { HttpError } from '../response/http-error.ts'

/** @throws RekeyError `methodNotAllowed` unless the method is GET or HEAD */
export function requireGetOrHead({ method }: Context): void {
  if (method !== 'GET' && method !== 'HEAD') {
    throw new HttpError('methodNotAllowed', { headers: { allow: 'GET, HEAD' } })
  }
}
