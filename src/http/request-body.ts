import type { IncomingMessage } from 'node:http'
import { koaBody } from 'koa-body'
import type { Context } from 'koa'
import { RekeyError } from '../errors.ts'

/** The largest body that is read. */
export const maxBodyBytes = 65_536

const parse = koaBody({
  json: true,
  jsonStrict: true,
  jsonLimit: maxBodyBytes,
  urlencoded: false,
  text: false,
  multipart: false,
  patchNode: false,
  patchKoa: true,
})

/**
 * Reads a JSON body.
 * @returns undefined if there is none, whatever the Content-Type says
 * @throws RekeyError `unsupportedMediaType`, `contentTooLarge`, or `badRequest` if it is not JSON
 */
export async function readBody(context: Context): Promise<unknown> {
  if (!hasBody(context.req)) return undefined
  if (context.request.type !== 'application/json') throw new RekeyError('unsupportedMediaType')
  try {
    await parse(context, () => Promise.resolve())
  } catch (error) {
    throw toRekeyError(error)
  }
  return context.request.body
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Whatever else is on the parser's error is left behind: it holds the raw body. */
function toRekeyError(error: unknown): RekeyError {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  if (status === 413) {
    return new RekeyError('contentTooLarge', {
      message: `The request body is larger than ${maxBodyBytes} bytes`,
    })
  }
  if (status === 415)
    return new RekeyError('unsupportedMediaType', {
      message: 'The encoding or charset of the request body is not supported',
    })
  return new RekeyError('badRequest', { message: 'The request body is not a JSON object' })
}
