import { createClient, type Client, type ClientOptions, type components } from 'rekey-client'

const options: ClientOptions = { baseUrl: 'https://rekey.internal', token: 'token', fetch, timeout: 5_000 }
const rekey: Client = createClient(options)
const params = { path: { applicationId: 'app_1', webhookId: 'orders' } }
const secret = '/applications/{applicationId}/webhooks/{webhookId}/secret'

/** Each misuse must fail to compile. If one compiles, `tsc` reports its `@ts-expect-error` as unused. */
export async function misuses(): Promise<components['schemas']['Key'] | null> {
  // @ts-expect-error -- no such path
  await rekey.GET('/application')
  // @ts-expect-error -- this path has no such method
  await rekey.POST(secret, { params })
  // @ts-expect-error -- a parameter is missing
  await rekey.PATCH(secret, { params: { path: { applicationId: 'app_1' } } })
  // @ts-expect-error -- a body property has the wrong type
  await rekey.PATCH(secret, { params, body: { overlapSeconds: '3600' } })
  const { data } = await rekey.GET(secret, { params })
  // @ts-expect-error -- only a rotation returns a secret
  void data.current?.signingSecret
  return data.current
}
