import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Context as KoaContext } from 'koa'
import {
  OpenAPIBackend,
  OpenAPIValidator,
  type Document,
  type Operation as ApiOperation,
  type Request,
} from 'openapi-backend'
import document from '../../generated/openapi.json' with { type: 'json' }
import { unlessAborted } from '../abort.ts'
import type { Core } from '../core/core.ts'
import { errorKinds, RekeyError } from '../errors.ts'
import type { Input, OperationId } from '../operations/operation.ts'
import { authorize } from './auth.ts'
import type { AuthenticatedCaller } from './authenticated-caller.ts'
import { setJsonText } from './json-body.ts'
import { defaultMaxBodyBytes, isUnicode, readBody } from './request-body.ts'
import { Routes } from './routes.ts'

export const apiRoot = document.servers[0]?.url ?? ''

/** openapi-backend would parse the document, though it is no text, with all that reads documents from elsewhere. */
class Backend extends OpenAPIBackend {
  override loadDocument(): Promise<Document> {
    return Promise.resolve(this.inputDocument as Document)
  }
}

/** As the router reads them from a request's path and query. */
interface RequestParameters {
  params: Record<string, string>
  query: Record<string, unknown>
}

/** What the document says of an operation, read once. */
interface Endpoint {
  operation: ApiOperation
  operationId: OperationId
  scopes: string[]
  /** The names of its header parameters. */
  headers: string[]
  /** undefined if it has no body. */
  maxBodyBytes: number | undefined
  changesNothing: boolean
}

/** These have a body, as GET has not, and change nothing either. */
const readingPosts: ReadonlySet<OperationId> = new Set<OperationId>(['signMessage', 'verifyMessage'])

/**
 * Serves the operations of the document. The way of a request is: route, authenticate and authorize,
 * read the body, validate, run the operation.
 */
export async function createApi(core: Core, authenticate: (koa: KoaContext) => Promise<AuthenticatedCaller>) {
  const backend = new Backend({
    definition: document as unknown as Document,
    strict: true,
    // The document is OpenAPI 3.1, linted when generated; else it would be checked against 3.0.
    quick: true,
    validate: false,
  })
  await backend.init()
  const { definition } = backend
  const routes = new Routes({ definition, apiRoot, ignoreTrailingSlashes: false })
  const endpoints = new Map(routes.getOperations().map((operation) => [operation, toEndpoint(operation)]))
  // The schemas of a request are compiled when the operation is first asked for, and those of its answers never.
  const validator = new OpenAPIValidator({
    definition,
    router: routes,
    lazyCompileValidators: true,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its type is that of draft 7
    customizeAjv: () => ajv,
  })

  /** @throws RekeyError `notFound`, and `methodNotAllowed` if the path has other methods */
  const route = (request: Request): Endpoint => {
    const operation = routes.match(request)
    const endpoint = operation && endpoints.get(operation)
    if (endpoint) return endpoint
    const methods = routes.methods(request.path)
    if (methods.length === 0) throw new RekeyError('notFound')
    throw new RekeyError('methodNotAllowed', { headers: { allow: methods.join(', ') } })
  }

  /** @throws RekeyError `badRequest` */
  const validate = (request: Request, operation: ApiOperation): void => {
    const { errors } = validator.validateRequest(request, operation)
    if (errors) throw new RekeyError('badRequest', { message: describe(errors[0]) })
  }

  return async (koa: KoaContext, signal: AbortSignal): Promise<void> => {
    const { method, path, querystring: query } = koa
    const request: Request = { method, path, query, headers: koa.headers as Request['headers'] }
    const { operation, operationId, scopes, headers, maxBodyBytes, changesNothing } = route(request)
    koa.state.operationId = operationId
    const { params, query: parameters } = routes.parseRequest(request, operation) as RequestParameters

    const caller = await unlessAborted(authenticate(koa), signal)
    authorize(caller, scopes, params['applicationId'])
    koa.state.caller = caller

    // A body that the operation does not have is no part of the request (RFC 9110, section 9.3.1).
    if (maxBodyBytes !== undefined) request.body = await readBody(koa, maxBodyBytes, signal)
    validate(request, operation)
    // Only now are they known to be ids, and not anything at all that stood in the URL.
    koa.state.params = params
    if (!isUnicode(request.body)) throw new RekeyError('badRequest', { message: 'body has a lone surrogate' })

    const { subject, identity, applications } = caller
    const body: unknown = request.body
    const input = { path: params, query: parameters, header: sent(headers, koa), body }
    const { requestId } = koa.state
    const answering = core.operate(
      {
        operationId,
        input: input as unknown as Input<OperationId>,
        caller: { subject, identity, applications },
        requestId,
      },
      signal,
    )
    // What may change something is waited for, since the core alone knows whether it has.
    const answer = await (changesNothing ? unlessAborted(answering, signal) : answering)
    koa.status = answer.status
    koa.set(answer.headers)
    setJsonText(koa, answer.body)
  }
}

function toEndpoint(operation: ApiOperation): Endpoint {
  const { method, security = [], parameters = [], requestBody } = operation
  const operationId = operation.operationId as OperationId
  return {
    operation,
    operationId,
    scopes: security.flatMap((requirement) => requirement['bearerAuth'] ?? []),
    headers: parameters.flatMap((parameter) =>
      'in' in parameter && parameter.in === 'header' ? parameter.name : [],
    ),
    maxBodyBytes: requestBody && maxBodyBytesOf(operation),
    changesNothing: method === 'get' || readingPosts.has(operationId),
  }
}

const ajv = new Ajv2020({
  // The document is linted when it is generated.
  validateSchema: false,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: false,
  // So that an error has the schema that it is about.
  verbose: true,
  formats: { password: true },
})
addFormats.default(ajv)
ajv.addVocabulary(['example'])

/** The headers among these that were sent, under the names that the document gives them. */
function sent(names: string[], koa: KoaContext): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of names) {
    const value = koa.get(name)
    if (value !== '') headers[name] = value
  }
  return headers
}

/** What the document allows with `x-max-body-bytes`. */
function maxBodyBytesOf(operation: ApiOperation): number {
  const declared = (operation as unknown as Record<string, unknown>)['x-max-body-bytes']
  return typeof declared === 'number' ? declared : defaultMaxBodyBytes
}

/** Names the place and the rule, and never repeats a value, which may be a secret. */
function describe(error: ErrorObject | undefined): string {
  if (!error) return errorKinds.badRequest.message
  const named = error.instancePath.slice(1).replace(/^requestBody/, 'body')
  // Where any name is taken, as among the headers of a message, it is the caller's word, too.
  const place = /\/additionalProperties\/\w+$/.test(error.schemaPath) ? named.replace(/[^/]*$/, '*') : named
  if (error.keyword === 'additionalProperties') {
    const { properties = {} } = error.parentSchema as { properties?: object }
    const names = Object.keys(properties).join(', ')
    return names === ''
      ? `${place} has a property, and this operation takes none there`
      : `${place} has a property that the API does not have; those it has are ${names}`
  }
  if (error.keyword === 'required' && place === '') return 'A body is required'
  return `${place} ${error.message ?? 'is not valid'}`
}
