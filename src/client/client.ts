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
  /** The server's URL without `/api/v1`, for example `https://rekey.internal`. */
  baseUrl: string
  /** The bearer token, or a function that returns one. The function is called for every request. */
  token: string | (() => string | Promise<string>)
}

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'
type Path<M extends Method> = ClientPathsWithMethod<FetchClient<paths>, M>
type Init<M extends Method, P extends Path<M>> = MaybeOptionalInit<paths[P], M>

/**
 * The arguments of a call: the documented `params` and `body`, additional `headers`, and a `signal` to abort the
 * request.
 */
type Input<M extends Method, P extends Path<M>> = Pick<
  NonNullable<Init<M, P>>,
  'params' | 'body' | 'headers' | 'signal'
>

type CallResult<M extends Method, P extends Path<M>> = Pick<
  Extract<FetchResponse<NonNullable<paths[P][M]>, object, 'application/json'>, { data: unknown }>,
  'data' | 'response'
>

/**
 * Sends a request.
 * @throws RekeyApiError if the response's status is not 2xx; the error from `fetch` if there is no response
 */
type Call<M extends Method> = <P extends Path<M>>(
  path: P,
  ...init: undefined extends Init<M, P> ? [init?: Input<M, P>] : [init: Input<M, P>]
) => Promise<CallResult<M, P>>

/** Calls the API's operations by method and path. */
export interface Client {
  GET: Call<'get'>
  PUT: Call<'put'>
  POST: Call<'post'>
  PATCH: Call<'patch'>
  DELETE: Call<'delete'>
}

const rotation = '/applications/{applicationId}/webhooks/{webhookId}/secret' satisfies Path<'patch'>

/**
 * Creates a client for the server at `baseUrl`, typed from the OpenAPI document.
 *
 * Rotations get an Idempotency-Key unless the call sets one. If the response is lost, the client retries with the same
 * Idempotency-Key: the webhook is rotated only once, and the secret still arrives. Requests without an Idempotency-Key
 * are never retried.
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

/** Returns 128 random bits in hex. In browsers, `crypto.randomUUID` works only over HTTPS or on localhost. */
function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
