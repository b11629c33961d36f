import createFetchClient, {
  type Client as FetchClient,
  type ClientPathsWithMethod,
  type FetchResponse,
  type MaybeOptionalInit,
} from 'openapi-fetch'
import type { paths } from '../../generated/types.ts'
import { toApiError } from './api-error.ts'
import { readOptions, type ClientOptions } from './options.ts'
import { isHarmless, sendSafely, type Repeats } from './safe-retries.ts'

export { RekeyApiError } from './api-error.ts'
export type { ClientOptions } from './options.ts'
export type { components } from '../../generated/types.ts'

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
 * @throws RekeyApiError if the response's status is not 2xx; the error from `fetch` if there is no response; a
 *   `TimeoutError` if there was none in time
 */
type Call<M extends Method> = <P extends Path<M>>(
  path: P,
  ...init: undefined extends Init<M, P> ? [init?: Input<M, P>] : [init: Input<M, P>]
) => Promise<CallResult<M, P>>

/** Calls the API's operations by method and path. */
export interface Client {
  /**
   * Reads something. Retried while the response is lost.
   * @example
   * const { data } = await rekey.GET('/applications', { params: { query: { limit: 10 } } })
   * console.log(data.items)
   */
  GET: Call<'get'>
  /**
   * Creates or replaces an application or a webhook.
   * @example
   * await rekey.PUT('/applications/{applicationId}/webhooks/{webhookId}', {
   *   params: { path: { applicationId: 'app_1', webhookId: 'orders' } },
   *   body: { url: 'https://merchant.example/webhooks' },
   * })
   */
  PUT: Call<'put'>
  /**
   * Signs or verifies a message, which is retried while the response is lost, or probes a receiver, which is not.
   * @example
   * const payload = '{"type":"order.paid"}'
   * const { data } = await rekey.POST('/applications/{applicationId}/webhooks/{webhookId}/signatures', {
   *   params: { path: { applicationId: 'app_1', webhookId: 'orders' } },
   *   body: { payload, messageId: 'evt_1' },
   * })
   * await fetch('https://merchant.example/webhooks', { method: 'POST', headers: data.headers, body: payload })
   */
  POST: Call<'post'>
  /**
   * Rotates a webhook's secret. Retried with the same Idempotency-Key while the response is lost: the webhook is
   * rotated only once, and the secret still arrives.
   * @example
   * const { data } = await rekey.PATCH('/applications/{applicationId}/webhooks/{webhookId}/secret', {
   *   params: { path: { applicationId: 'app_1', webhookId: 'orders' } },
   *   body: { overlapSeconds: 3600, reason: 'Leaked in a support ticket' },
   * })
   * console.log(data.signingSecret)
   */
  PATCH: Call<'patch'>
  /**
   * Deletes an application or a webhook, or revokes the previous secrets.
   * @example
   * await rekey.DELETE('/applications/{applicationId}/webhooks/{webhookId}/secret/previous', {
   *   params: { path: { applicationId: 'app_1', webhookId: 'orders' } },
   * })
   */
  DELETE: Call<'delete'>
}

const rotation = '/applications/{applicationId}/webhooks/{webhookId}/secret' satisfies Path<'patch'>

/**
 * Creates a client for the server at `baseUrl`, typed from the OpenAPI document.
 *
 * Rotations get an Idempotency-Key unless the call sets one. Rotations, and requests that change nothing (GET, sign
 * and verify), are retried up to five times while their response is lost. Other requests are never retried.
 * @throws RangeError if `timeout` is not a number of milliseconds from 1 to 90,000
 * @example
 * const rekey = createClient({ baseUrl: 'https://rekey.internal', token: () => 'YOUR_API_TOKEN (JWT)' })
 * const { data } = await rekey.GET('/applications')
 */
export function createClient(options: ClientOptions): Client {
  const { baseUrl, token, headers, ...sending } = readOptions(options)
  const repeats = new WeakMap<Request, Repeats>()
  const client = createFetchClient<paths>({
    baseUrl,
    headers,
    fetch: (request) => sendSafely(request, repeats.get(request), sending),
  })
  client.use({
    async onRequest({ request, schemaPath }) {
      request.headers.set('authorization', `Bearer ${typeof token === 'string' ? token : await token()}`)
      if (request.method === 'PATCH' && schemaPath === rotation) {
        if (!request.headers.has('idempotency-key'))
          request.headers.set('idempotency-key', newIdempotencyKey())
        repeats.set(request, 'keyed')
      } else if (isHarmless(request.method, schemaPath)) repeats.set(request, 'harmless')
    },
    async onResponse({ response }) {
      if (!response.ok) throw await toApiError(response)
    },
  })
  return client as Client
}

/**
 * Returns 128 random bits in hex. In browsers, `crypto.randomUUID` works only over HTTPS or on localhost. Node 18 has
 * no global `crypto`; `Math.random` is enough there, because the key must be unique and not secret.
 */
function newIdempotencyKey(): string {
  const { crypto } = globalThis as { crypto?: { getRandomValues(bytes: Uint8Array): void } }
  const bytes = new Uint8Array(16)
  if (crypto) crypto.getRandomValues(bytes)
  else bytes.forEach((_, index) => (bytes[index] = Math.random() * 256))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
