import type { IncomingMessage, ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { Context, Middleware } from 'koa'
import { unlessAborted } from '../../abort.ts'
import { RekeyError } from '../../errors.ts'
import { FairGate } from '../../fair-gate.ts'
import { HttpError } from '../response/http-error.ts'
import { notJson, parseJson } from './parse-json.ts'

/** Maximum body size in bytes, unless the operation sets `x-max-body-bytes` in the OpenAPI document. */
export const defaultMaxBodyBytes = 65_536

/**
 * Maximum number of potentially large bodies in memory at the same time. One application can have at most half of them,
 * so bodies that never arrive completely delay only that application's large messages.
 */
const maxLargeBodies = 16

const largeBodies = new FairGate(maxLargeBodies)
const turns = new FairGate(1)
const parsers = new Map<number, Middleware>()

async function parser(maxBytes: number): Promise<Middleware> {
  let parse = parsers.get(maxBytes)
  if (!parse) {
    // Loaded on the first request with a body, because loading it earlier would slow startup considerably.
    const { koaBody } = await import('koa-body')
    parse = koaBody({
      // Reads JSON as if it were text. Otherwise, the parser would parse it immediately, but applications take turns
      // with parsing large bodies.
      json: false,
      text: true,
      textTypes: ['application/json'],
      textLimit: maxBytes,
      urlencoded: false,
      multipart: false,
      patchNode: false,
      patchKoa: true,
      // Returns the bytes as they are: the parser's own decoder would replace invalid UTF-8 with U+FFFD.
      encoding: '',
    })
    parsers.set(maxBytes, parse)
  }
  return parse
}

interface ReadBodyOptions {
  maxBytes: number
  /** The application that the request is for, or an empty string. Owners share the slots for large bodies fairly. */
  owner: string
  signal: AbortSignal
}

/**
 * Reads a JSON body.
 * @returns undefined if the request has no body, regardless of its Content-Type
 * @throws RekeyError `unsupportedMediaType`; `contentTooLarge`; `badRequest` if the body is not JSON; the signal's
 * reason if the signal aborts before the whole body has arrived
 */
export async function readBody(
  context: Context,
  { maxBytes, owner, signal }: ReadBodyOptions,
): Promise<unknown> {
  if (!hasBody(context.req)) return undefined
  // Parsing the header takes longer than the rest of this function.
  if (context.req.headers['content-type'] !== 'application/json') rejectUnlessJson(context)
  // The parser would decompress the body, so a few bytes could cause as much work as the largest allowed body.
  if (!/^(identity)?$/i.test(context.get('Content-Encoding')))
    throw new HttpError('unsupportedMediaType', {
      message: 'The request body must not be compressed. Send it without Content-Encoding.',
      headers: { 'accept-encoding': 'identity' },
    })
  // Checked here, because the parser truncates Content-Length to 32 bits and would then wait for the whole body.
  if (contentLength(context.req) > maxBytes) throw contentTooLarge(maxBytes)
  try {
    if (mayBeLarge(context.req, maxBytes)) await takeSlot(context.res, owner, signal)
    // Send 100 Continue only now. A client that waits for it would otherwise send a body that Rekey is not reading yet.
    if (expectsContinue(context.req)) context.res.writeContinue()
    const parse = await parser(maxBytes)
    await unlessAborted(parse(context, () => Promise.resolve()) as Promise<unknown>, signal)
    const { body } = context.request
    return await parseInTurn(body instanceof Buffer ? body : Buffer.alloc(0), owner, signal)
  } catch (error) {
    // Discard the rest of the body: the parser leaves it paused, which would block the connection's next request, or
    // keeps collecting it after the signal has aborted.
    context.req.unpipe().removeAllListeners().resume()
    throw signal.aborted ? signal.reason : toRekeyError(error, maxBytes)
  }
}

/** @throws RekeyError `unsupportedMediaType` */
function rejectUnlessJson({ request }: Context): void {
  if (request.type.toLowerCase() !== 'application/json') throw new RekeyError('unsupportedMediaType')
  // JSON must be encoded as UTF-8 (RFC 8259, section 8.1).
  if (!/^(utf-?8)?$/i.test(request.charset))
    throw new RekeyError('unsupportedMediaType', {
      message: 'The charset in Content-Type must be utf-8, or omitted',
    })
}

/** Waits for a slot, and keeps it until the response is sent, because the body stays in memory until then. */
async function takeSlot(response: ServerResponse, owner: string, signal: AbortSignal): Promise<void> {
  const release = await largeBodies.acquire(owner, signal)
  if (response.closed) release()
  else response.once('close', release)
}

/** Whether a body may have more than `defaultMaxBodyBytes`. The length of a chunked body is not known. */
function mayBeLarge(request: IncomingMessage, maxBytes: number): boolean {
  return Math.min(contentLength(request) || Infinity, maxBytes) > defaultMaxBodyBytes
}

/** Parses a body. Owners take turns with large bodies, and the thread does its other work between two of them. */
async function parseInTurn(body: Buffer, owner: string, signal: AbortSignal): Promise<unknown> {
  if (body.length <= defaultMaxBodyBytes) return parseJson(body)
  return turns.run(owner, signal, async () => {
    await setImmediate()
    return parseJson(body)
  })
}

/** Whether a value is free of lone surrogates, which are not valid Unicode and cannot be stored. */
export function isUnicode(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, content]) => name.isWellFormed() && isUnicode(content))
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || contentLength(request) > 0
}

/** Whether the client may wait for a 100 response before it sends the body (RFC 9110, section 10.1.1). */
export function expectsContinue({ headers, httpVersion }: IncomingMessage): boolean {
  return httpVersion === '1.1' && /(?:^|\W)100-continue(?:$|\W)/i.test(headers.expect ?? '')
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
  return error instanceof RekeyError ? error : notJson()
}

function contentTooLarge(maxBytes: number): RekeyError {
  return new RekeyError('contentTooLarge', {
    message: `The request body must not be larger than ${maxBytes} bytes`,
  })
}
