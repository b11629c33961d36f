import type { IncomingMessage } from 'node:http'
import type { Context, Middleware } from 'koa'
import { unlessAborted } from '../../abort.ts'
import { RekeyError } from '../../errors.ts'

/** The largest body that is read, unless the document allows the operation another. */
export const defaultMaxBodyBytes = 65_536

const parsers = new Map<number, Middleware>()

async function parser(maxBytes: number): Promise<Middleware> {
  let parse = parsers.get(maxBytes)
  if (!parse) {
    // With the first body, since loading it is a good part of a start.
    const { koaBody } = await import('koa-body')
    parse = koaBody({
      json: true,
      jsonStrict: true,
      jsonLimit: maxBytes,
      urlencoded: false,
      text: false,
      multipart: false,
      patchNode: false,
      patchKoa: true,
      // Byte by byte: the parser's own UTF-8 would put U+FFFD where a byte is wrong.
      encoding: 'binary',
      includeUnparsed: true,
    })
    parsers.set(maxBytes, parse)
  }
  return parse
}

/**
 * Reads a JSON body.
 * @returns undefined if there is none, whatever the Content-Type says
 * @throws RekeyError `unsupportedMediaType`, `contentTooLarge`, or `badRequest` if it is not JSON, and
 * the signal's reason if it aborts before the whole body is there
 */
export async function readBody(context: Context, maxBytes: number, signal: AbortSignal): Promise<unknown> {
  if (!hasBody(context.req)) return undefined
  if (context.request.type.toLowerCase() !== 'application/json') throw new RekeyError('unsupportedMediaType')
  // RFC 8259, section 8.1.
  if (!/^(utf-?8)?$/i.test(context.request.charset)) throw unsupportedEncoding()
  // The parser cuts the length to 32 bits, and would wait for a body that is as long as it says.
  if (contentLength(context.req) > maxBytes) throw contentTooLarge(maxBytes)
  try {
    const parse = await parser(maxBytes)
    await unlessAborted(parse(context, () => Promise.resolve()) as Promise<unknown>, signal)
    return decode(context.request)
  } catch (error) {
    // The parser pauses what it does not read to the end, and the next request would never arrive.
    context.req.unpipe().resume()
    throw signal.aborted ? signal.reason : toRekeyError(error, maxBytes)
  }
}

/** @throws TypeError if the body is not UTF-8 */
function decode({ body, rawBody = '' }: Context['request']): unknown {
  // ASCII: what was parsed byte by byte is right already.
  if (/^[\x00-\x7f]*$/.test(rawBody)) return body
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(rawBody, 'binary')))
}

/** Whether a value has no text with half of a surrogate pair, which is no Unicode, nor can it be stored. */
export function isUnicode(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  return typeof value !== 'object' || value === null || Object.entries(value).flat().every(isUnicode)
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || contentLength(request) > 0
}

function contentLength({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0)
}

/** Whatever else is on the parser's error is left behind: it holds the raw body. */
function toRekeyError(error: unknown, maxBytes: number): RekeyError {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  if (status === 413) return contentTooLarge(maxBytes)
  if (status === 415) return unsupportedEncoding()
  return new RekeyError('badRequest', { message: 'The request body is not a JSON object' })
}

function contentTooLarge(maxBytes: number): RekeyError {
  return new RekeyError('contentTooLarge', { message: `The request body is larger than ${maxBytes} bytes` })
}

function unsupportedEncoding(): RekeyError {
  return new RekeyError('unsupportedMediaType', {
    message: 'The encoding or charset of the request body is not supported',
  })
}
