import type { IncomingMessage } from 'node:http'
import type { Context as KoaContext } from 'koa'
import { OpenAPIBackend, OpenAPIValidator, type Document, type Request } from 'openapi-backend'
import document from '../../../generated/openapi.json' with { type: 'json' }
import { unlessAborted } from '../../abort.ts'
import type { Applications } from '../../config/config.ts'
import type { Core, Input, OperationId } from '../../core/core.ts'
import { errorTexts, RekeyError } from '../../errors.ts'
import { KeyedTurns } from '../../keyed-turns.ts'
import type { AuthenticatedCaller } from '../authentication/caller.ts'
import { authorize } from '../authentication/authorize.ts'
import { withChallenge } from '../authentication/challenge.ts'
import { authorizeInvitation } from '../authentication/invitation.ts'
import { expectsContinue, readBody } from '../request/json-body.ts'
import { HttpError } from '../response/http-error.ts'
import { setJsonText } from '../response/json-response.ts'
import { toEndpoint, type Endpoint } from './endpoint.ts'
import { Routes } from './routes.ts'
import { createValidateRequest, HeadValidator, type RequestParts } from './validate-request.ts'
import { rejectUnsupportedPreconditions } from './unsupported-preconditions.ts'

/** The path of the API, `/api/v1`: the document's server without its origin. */
export const apiRoot = (document.servers[0]?.url ?? '').replace('{origin}', '')

/**
 * Maximum number of list requests in progress per network. A page can be long, and keeps both the HTTP thread and the
 * core's thread busy. Without a limit, a client that requests hundreds of pages at once would delay everyone's
 * signatures.
 */
const maxListsPerNetwork = 4

/** Uses the imported OpenAPI document. openapi-backend's own loader would import a parser for files and URLs. */
class Backend extends OpenAPIBackend {
  override loadDocument(): Promise<Document> {
    return Promise.resolve(this.inputDocument as Document)
  }
}

/** The parameters that the router reads from a request's path and query. */
interface RequestParameters {
  params: Record<string, string>
  query: Record<string, unknown>
}

/**
 * Creates a handler that serves the operations in the OpenAPI document. For each request, it finds the operation,
 * authenticates and authorizes the caller, reads the body, validates the request, and runs the operation, in that
 * order.
 * @param options `prefix` is the path of the public URL, which the messages for unknown paths name; `linkBase` returns
 * the URL with which links to this server's pages begin
 */
export async function createApi(
  core: Core,
  authenticate: (koa: KoaContext, signal: AbortSignal) => Promise<AuthenticatedCaller>,
  networkOf: (request: IncomingMessage) => string,
  { prefix, linkBase }: { prefix: string; linkBase: () => string | undefined },
) {
  const backend = new Backend({
    definition: document as unknown as Document,
    strict: true,
    // Skips openapi-backend's check against OpenAPI 3.0: the document uses OpenAPI 3.1, and is linted when it is
    // generated.
    quick: true,
    validate: false,
  })
  await backend.init()
  const { definition } = backend
  const routes = new Routes({ definition, apiRoot, ignoreTrailingSlashes: false })
  const endpoints = new Map(routes.getOperations().map((operation) => [operation, toEndpoint(operation)]))
  const lists = new KeyedTurns(maxListsPerNetwork)
  const validate = createValidateRequest(definition, routes, OpenAPIValidator)
  const validateHead = createValidateRequest(definition, routes, HeadValidator)

  /**
   * Finds the endpoint that serves a request.
   * @throws RekeyError `notFound` if no path matches; `methodNotAllowed` if the path does not support the method
   */
  const route = (request: Request): Endpoint => {
    const operation = routes.match(request)
    const endpoint = operation && endpoints.get(operation)
    if (endpoint) return endpoint
    const methods = routes.methods(request.path)
    if (methods.length === 0) throw pathNotFound(routes.prefixFault(request.path, prefix))
    throw new HttpError('methodNotAllowed', { headers: { allow: methods.join(', ') } })
  }

  return async (koa: KoaContext, signal: AbortSignal): Promise<void> => {
    const { method, path, querystring: query } = koa
    const request: Request = { method, path, query, headers: koa.headers as Request['headers'] }
    const endpoint = route(request)
    const { operation, operationId, headers, maxBodyBytes, changesNothing, isList } = endpoint
    koa.state.operationId = operationId
    const { params, query: parameters } = routes.parseRequest(request, operation) as RequestParameters

    const caller = await unlessAborted(authenticate(koa, signal), signal)
    const applications = applicationsFor(caller, endpoint, params)
    koa.state.caller = caller

    rejectUnsupportedPreconditions(endpoint, koa.headers)
    const parts: RequestParts = {
      path: params,
      query: parameters,
      header: koa.headers,
      requestBody: undefined,
    }
    // An operation that takes no body ignores a body in the request (RFC 9110, section 9.3.1).
    if (maxBodyBytes !== undefined) {
      if (expectsContinue(koa.req)) validateHead(operationId, parts)
      const owner = params['applicationId'] ?? ''
      parts.requestBody = await readBody(koa, { maxBytes: maxBodyBytes, owner, signal })
    }
    validate(operationId, parts)
    // Set only after validation, because the log may contain IDs but not arbitrary text from the URL.
    koa.state.params = params

    const { subject, identity, invitation, expiresAt, rights } = caller
    const body = parts.requestBody
    const input = { path: params, query: parameters, header: sent(headers, koa), body }
    const call = {
      operationId,
      input: input as unknown as Input<OperationId>,
      caller: {
        ...{ subject, identity, applications, invitation },
        token: endpoint.isForEveryToken ? { expiresAt, rights } : undefined,
      },
      requestId: koa.state.requestId,
      trace: koa.state.trace,
      publicUrl: linkBase(),
    }
    const execute = () =>
      core.execute(call, signal).catch((error: unknown) => {
        throw withChallenge(error)
      })
    const running = isList ? lists.run(networkOf(koa.req), signal, execute) : execute()
    // Never abandon an operation that may change something: only the core knows whether it did.
    const response = await (changesNothing ? unlessAborted(running, signal) : running)
    koa.status = response.status
    koa.set(response.headers)
    setJsonText(koa, response.body)
  }
}

/**
 * Authorizes the caller.
 * @returns the applications that the operation may access
 * @throws RekeyError `forbidden`
 */
function applicationsFor(
  caller: AuthenticatedCaller,
  { operationId, scopes, isForEveryToken, isForInvitations }: Endpoint,
  params: Record<string, string>,
): Applications {
  const { invitation } = caller
  if (!invitation) return isForEveryToken ? [] : authorize(caller, scopes, params['applicationId'])
  authorizeInvitation(invitation, operationId, isForInvitations, params)
  return [invitation.applicationId]
}

/** Builds the 404 for an unknown path. If the path's prefix is wrong, the message adds a hint to the standard text. */
function pathNotFound(prefixFault: string | undefined): RekeyError {
  return new RekeyError('notFound', prefixFault ? { message: `${errorTexts.notFound}. ${prefixFault}` } : {})
}

/** Returns the values of the named headers, keyed by the names as given. Omits headers that the request lacks. */
function sent(names: string[], koa: KoaContext): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of names) {
    const value = koa.get(name)
    if (value !== '') headers[name] = value
  }
  return headers
}
