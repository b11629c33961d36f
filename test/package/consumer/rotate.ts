import { createClient, RekeyApiError, type components } from 'rekey-server/client'
import document from 'rekey-server/openapi.json' with { type: 'json' }

declare const process: { argv: string[] }
const [baseUrl = '', token = ''] = process.argv.slice(2)
const rekey = createClient({ baseUrl, token: () => Promise.resolve(token) })
const params = { path: { applicationId: 'example_string', webhookId: 'example_string' } }
const secret = '/applications/{applicationId}/webhooks/{webhookId}/secret'

const { data } = await rekey.PATCH(secret, { params, body: { reason: 'consumer' } })
const { keyFingerprint, signingSecret }: components['schemas']['RotatedSecret'] = data
const { data: state } = await rekey.GET(secret, { params })
const refusal: unknown = await rekey
  .GET('/applications/{applicationId}', { params: { path: { applicationId: 'another' } } })
  .catch((error: unknown) => error)
console.log(
  JSON.stringify({
    keyFingerprint,
    signingSecret,
    sha256: state.current?.sha256,
    refused: refusal instanceof RekeyApiError && refusal.status,
    title: document.info.title,
  }),
)

/** Each misuse must fail to compile. If one compiles, `tsc` reports its `@ts-expect-error` as unused. */
export async function misuses(): Promise<void> {
  // @ts-expect-error -- no such path
  await rekey.GET('/application')
  // @ts-expect-error -- this path has no such method
  await rekey.POST(secret, { params })
  // @ts-expect-error -- a parameter is missing
  await rekey.PATCH(secret, { params: { path: { applicationId: 'app_1' } } })
  // @ts-expect-error -- a body property has the wrong type
  await rekey.PATCH(secret, { params, body: { overlapSeconds: '3600' } })
  // @ts-expect-error -- only a rotation returns a secret
  void state.current?.signingSecret
}
