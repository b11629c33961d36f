import createFetchClient, {
  type Client as FetchClient,
  type ClientPathsWithMethod,
  type FetchResponse,
  type MaybeOptionalInit,
  type Middleware,
} from 'openapi-fetch'
import type { paths } from '../../generated/types.ts'
import { toApiError } from './api-error.ts'
import { fetchSafely } from './safe-retries.ts'

export { RekeyApiError } from './api-error.ts'
export type { components } from '../../generated/types.ts'

export interface ClientOptions {
  /** Where the server is, without `/api/v1`, as `https://rekey.internal`. */
  baseUrl: string
  /** The bearer token, or a function that gives one; it is called for every request. */
  token: string | (() => string | Promise<string>)
}

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
type Path<M extends Method> = ClientPathsWithMethod<FetchClient<paths>, M>
type Init<M extends Method, P extends Path<M>> = MaybeOptionalInit<paths[P], M>

/** What a request carries: `params` and `body` as the document has them, more `headers`, a `signal` to end it. */
type Input<M extends Method, P extends Path<M>> = Pick<
  NonNullable<Init<M, P>>,
  'params' | 'body' | 'headers' | 'signal'
>

type CallResult<M extends Method, P extends Path<M>> = Pick<
  Extract<FetchResponse<NonNullable<paths[P][M]>, object, 'application/json'>, { data: unknown }>,
  'data' | 'response'
>

/**
 * Sends the request of one operation.
 * @throws RekeyApiError if the response is not a success; what `fetch` throws if there is none
 */
type Call<M extends Method> = <P extends Path<M>>(
  path: P,
  ...init: undefined extends Init<M, P> ? [init?: Input<M, P>] : [init: Input<M, P>]
) => Promise<CallResult<M, P>>

/** The operations of the document, each by its method and path. */
export interface Client {
  GET: Call<'get'>
  PUT: Call<'put'>
  POST: Call<'post'>
  PATCH: Call<'patch'>
  DELETE: Call<'delete'>
}

const rotation = '/applications/{applicationId}/webhooks/{webhookId}/secret' satisfies Path<'patch'>

/**
 * A client of the server at `baseUrl`, typed by the OpenAPI document.
 *
 * A rotation gets an Idempotency-Key, unless the call gives one, and is sent again while its response is
 * lost: it rotates once, and its secret is not lost with the response. Nothing else is sent twice.
 */
export function createClient({ baseUrl, token }: ClientOptions): Client {
  const client = createFetchClient<paths>({
    baseUrl: `${baseUrl.replace(/\/+$/, '')}/api/v1`,
    fetch: fetchSafely,
  })
  const middleware: Middleware = {
    async onRequest({ request, schemaPath }) {
      const { headers, method } = request
      headers.set('authorization', `Bearer ${typeof token === 'string' ? token : await token()}`)
      if (method === 'PATCH' && schemaPath === rotation && !headers.has('idempotency-key'))
        headers.set('idempotency-key', newIdempotencyKey())
    },
    async onResponse({ response }) {
      if (!response.ok) throw await toApiError(response)
    },
  }
  client.use(middleware)
  return client as Client
}

/** 128 random bits. Not `crypto.randomUUID`, which a page has only over HTTPS or on localhost. */
function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
