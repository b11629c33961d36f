import type { IncomingMessage } from 'node:http'
import type { Context, Middleware } from 'koa'
import { unlessAborted } from '../../abort.ts'
import { RekeyError } from '../../errors.ts'
import { HttpError } from '../response/http-error.ts'

/** Maximum body size in bytes, unless the operation sets `x-max-body-bytes` in the OpenAPI document. */
export const defaultMaxBodyBytes = 65_536

const parsers = new Map<number, Middleware>()

async function parser(maxBytes: number): Promise<Middleware> {
  let parse = parsers.get(maxBytes)
  if (!parse) {
    // Loaded on the first request with a body, because loading it at startup would slow startup considerably.
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
      // Decodes each byte to one character, because the parser's own UTF-8 decoder would replace invalid bytes with
      // U+FFFD.
      encoding: 'binary',
      includeUnparsed: true,
    })
    parsers.set(maxBytes, parse)
  }
  return parse
}

/**
 * Reads a JSON body.
 * @returns undefined if the request has no body, regardless of its Content-Type
 * @throws RekeyError `unsupportedMediaType`; `contentTooLarge`; `badRequest` if the body is not JSON; the signal's
 * reason if the signal aborts before the whole body has arrived
 */
export async function readBody(context: Context, maxBytes: number, signal: AbortSignal): Promise<unknown> {
  if (!hasBody(context.req)) return undefined
  if (context.request.type.toLowerCase() !== 'application/json') throw new RekeyError('unsupportedMediaType')
  // JSON must be encoded as UTF-8 (RFC 8259, section 8.1).
  if (!/^(utf-?8)?$/i.test(context.request.charset))
    throw new RekeyError('unsupportedMediaType', { message: 'The request body must be UTF-8' })
  // The parser would decompress the body. Then a few bytes could cost as much work as the largest body.
  if (!/^(identity)?$/i.test(context.get('Content-Encoding')))
    throw new HttpError('unsupportedMediaType', {
      message: 'The request body must not be compressed. Send it without Content-Encoding.',
      headers: { 'accept-encoding': 'identity' },
    })
  // Checked here, because the parser truncates Content-Length to 32 bits and would then wait for the whole body.
  if (contentLength(context.req) > maxBytes) throw contentTooLarge(maxBytes)
  try {
    const parse = await parser(maxBytes)
    await unlessAborted(parse(context, () => Promise.resolve()) as Promise<unknown>, signal)
    return decode(context.request)
  } catch (error) {
    // Discard the rest of the body: the parser leaves it paused, which would block the connection's next request.
    context.req.unpipe().resume()
    throw signal.aborted ? signal.reason : toRekeyError(error, maxBytes)
  }
}

/**
 * Decodes the body as UTF-8.
 * @throws TypeError if the body is not valid UTF-8
 */
function decode({ body, rawBody = '' }: Context['request']): unknown {
  // The parser has already decoded an ASCII body correctly.
  if (/^[\x00-\x7f]*$/.test(rawBody)) return body
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(rawBody, 'binary')))
}

/** Whether a value is free of lone surrogates, which are not valid Unicode and cannot be stored. */
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

/**
 * Converts the parser's error to a RekeyError. Does not keep the original as the cause, because the original contains
 * the raw body.
 */
function toRekeyError(error: unknown, maxBytes: number): RekeyError {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  if (status === 413) return contentTooLarge(maxBytes)
  return new RekeyError('badRequest', { message: 'The request body must be a JSON object' })
}

function contentTooLarge(maxBytes: number): RekeyError {
  return new RekeyError('contentTooLarge', {
    message: `The request body must not be larger than ${maxBytes} bytes`,
  })
}
