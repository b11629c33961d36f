import type { Context } from 'koa'
import { RekeyError } from '../errors.ts'

/** @throws RekeyError `methodNotAllowed` unless a request is a GET, or a HEAD, which is answered as one */
export function onlyRead({ method }: Context): void {
  if (method !== 'GET' && method !== 'HEAD') {
    throw new RekeyError('methodNotAllowed', { headers: { allow: 'GET, HEAD' } })
  }
}
