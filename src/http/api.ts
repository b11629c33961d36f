import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Context as KoaContext } from 'koa'
import {
  OpenAPIBackend,
  OpenAPIValidator,
  type Context,
  type Document,
  type Operation as ApiOperation,
  type Request,
} from 'openapi-backend'
import document from '../../generated/openapi.json' with { type: 'json' }
import { operations } from '../../generated/operations.ts'
import { unlessAborted } from '../abort.ts'
import { errorKinds, RekeyError } from '../errors.ts'
import type { Input, Operation, OperationContext, OperationId } from '../operations/operation.ts'
import { authorize, type AuthenticatedCaller } from './auth.ts'
import { setJson } from './json-body.ts'
import { defaultMaxBodyBytes, isUnicode, readBody } from './request-body.ts'
import { Routes } from './routes.ts'

export const apiRoot = document.servers[0]?.url ?? ''

/** Everything an operation works with that is not of one request. */
export type Services = Omit<OperationContext, 'caller' | 'requestId' | 'signal'>

/** An operation's answer, whichever the operation. */
interface AnyAnswer {
  status: number
  headers?: Record<string, string>
  body: object | undefined
}

/** openapi-backend's view of a request: its ids are strings, and it is authorized or not. */
type Call = Context<unknown, Record<string, string>, Record<string, unknown>>

/** One request on its way through the API. */
interface Exchange {
  koa: KoaContext
  request: Request
  signal: AbortSignal
}

/** openapi-backend would parse the document, though it is no text, with all that reads documents from elsewhere. */
class Backend extends OpenAPIBackend {
  override loadDocument(): Promise<Document> {
    return Promise.resolve(this.inputDocument as Document)
  }
}

/**
 * Serves the operations of the document. The way of a request is: route, authenticate and authorize,
 * read the body, validate, run the operation.
 */
export async function createApi(
  services: Services,
  authenticate: (koa: KoaContext) => Promise<AuthenticatedCaller>,
) {
  const backend = new Backend({
    definition: document as unknown as Document,
    apiRoot,
    strict: true,
    // The document is OpenAPI 3.1, linted when generated; else it would be checked against 3.0.
    quick: true,
    ignoreTrailingSlashes: false,
    validate: false,
    securityHandlers: {
      bearerAuth: async (context: Call, { koa, signal }: Exchange): Promise<AuthenticatedCaller> => {
        const caller = await unlessAborted(authenticate(koa), signal)
        const scopes =
          context.operation.security?.flatMap((requirement) => requirement['bearerAuth'] ?? []) ?? []
        authorize(caller, scopes, context.request.params['applicationId'])
        koa.state.caller = caller
        return caller
      },
    },
    handlers: {
      unauthorizedHandler: (context: Context) => {
        // openapi-backend keeps what a security handler threw; only this tells 401, 403 and 502 apart.
        throw (context.security['bearerAuth'] as { error: unknown }).error
      },
      postSecurityHandler: async (context: Context, { koa, request, signal }: Exchange) => {
        // A body that the operation does not have is no part of the request (RFC 9110, section 9.3.1).
        const { security, operation } = context
        if (security.authorized && operation.requestBody) {
          request.body = await readBody(koa, maxBodyBytes(operation), signal)
        }
      },
      validationFail: ({ validation }: Context) => {
        throw new RekeyError('badRequest', { message: describe(validation.errors?.[0]) })
      },
      notFound: () => {
        throw new RekeyError('notFound')
      },
      methodNotAllowed: (_: Context, { request }: Exchange) => {
        throw new RekeyError('methodNotAllowed', {
          headers: { allow: routes.methods(request.path).join(', ') },
        })
      },
      notImplemented: ({ operation }: Context) => {
        throw new Error(`no handler for ${operation.operationId ?? 'an operation without id'}`)
      },
      postRoutingHandler: (context: Context, { koa }: Exchange) => {
        const id = (context.operation as Context['operation'] | undefined)?.operationId
        if (id !== undefined) koa.state.operationId = id
      },
    },
  })
  await backend.init()
  const routes = new Routes({ definition: backend.definition, apiRoot, ignoreTrailingSlashes: false })
  backend.router = routes
  backend.register(
    Object.fromEntries(
      Object.entries(operations).map(([id, run]) => [id, toHandler(run as Operation<OperationId>, services)]),
    ),
  )
  // Made here, because the one that init() makes compiles the schemas of every operation, and of its responses
  // as well: those of a request are compiled when the operation is first asked for.
  backend.validator = new OpenAPIValidator({
    definition: backend.definition,
    router: routes,
    lazyCompileValidators: true,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- its type is that of draft 7
    customizeAjv: () => ajv,
  })
  backend.validate = true

  return async (koa: KoaContext, signal: AbortSignal): Promise<void> => {
    const request: Request = {
      method: koa.method,
      path: koa.path,
      query: koa.querystring,
      headers: koa.headers as Request['headers'],
      body: undefined,
    }
    const answer = (await backend.handleRequest(request, { koa, request, signal })) as AnyAnswer
    koa.status = answer.status
    koa.set(answer.headers ?? {})
    if (answer.body) setJson(koa, answer.body)
    else koa.body = null
  }
}

const ajv = new Ajv2020({
  // The document is linted when it is generated.
  validateSchema: false,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: false,
  formats: { password: true },
})
addFormats.default(ajv)
ajv.addVocabulary(['example'])

function toHandler(run: Operation<OperationId>, services: Services) {
  return ({ request: { params, query }, operation, security }: Call, { koa, request, signal }: Exchange) => {
    // Only now are they known to be ids, and not anything at all that stood in the URL.
    koa.state.params = params
    if (!isUnicode(request.body)) throw new RekeyError('badRequest', { message: 'body has a lone surrogate' })
    const caller = security['bearerAuth'] as AuthenticatedCaller
    const header = declaredHeaders(operation, koa)
    const input = { path: params, query, header, body: request.body as unknown } as unknown
    const { requestId } = koa.state
    return run(input as Input<OperationId>, { ...services, caller, requestId, signal })
  }
}

/** The headers that the document has for the operation, under the names that it gives them. */
function declaredHeaders({ parameters = [] }: ApiOperation, koa: KoaContext): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const parameter of parameters) {
    if (!('in' in parameter) || parameter.in !== 'header') continue
    const value = koa.get(parameter.name)
    if (value !== '') headers[parameter.name] = value
  }
  return headers
}

/** What the document allows with `x-max-body-bytes`. */
function maxBodyBytes(operation: ApiOperation): number {
  const declared = (operation as unknown as Record<string, unknown>)['x-max-body-bytes']
  return typeof declared === 'number' ? declared : defaultMaxBodyBytes
}

/** Names the place and the rule, and never repeats a value, which may be a secret. */
function describe(error: ErrorObject | undefined): string {
  if (!error) return errorKinds.badRequest.message
  const place = error.instancePath.slice(1).replace(/^requestBody/, 'body')
  if (error.keyword === 'additionalProperties') return `${place} has a property that the API does not have`
  if (error.keyword === 'required' && place === '') return 'A body is required'
  return `${place} ${error.message ?? 'is not valid'}`
}
