import type { Context } from 'koa'
import { HttpError } from '../response/http-error.ts'

/** @throws RekeyError `methodNotAllowed` unless the request is a GET or a HEAD */
export function requireGetOrHead({ method }: Context): void {
  if (method !== 'GET' && method !== 'HEAD') {
    throw new HttpError('methodNotAllowed', { headers: { allow: 'GET, HEAD' } })
  }
}
