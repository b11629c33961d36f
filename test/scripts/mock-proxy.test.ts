import { expect, onTestFinished, test } from 'vitest'
import { apiRoot } from '../support/document.ts'
import type { DocumentedBody } from '../support/documented-body.ts'
import { startMock } from '../support/mock.ts'
import { startProbeServer } from '../support/probes.ts'
import { startHttpReceiver, startReceiver, verifiedWith } from '../support/receivers.ts'
import { token } from '../support/tokens.ts'

const application = '/applications/app_1'
const webhook = `${application}/webhooks/hook_1` as const

interface ProxiedAnswer<Body> {
  status: number
  body: Body
  /** The violations that the proxy found in the request or the response; null if it found none. */
  violations: string | null
}

/** Starts the proxy. @returns a function that sends requests through it to the server at `upstream` */
async function startProxy(upstream: string) {
  const { origin, stop } = await startMock('--proxy', upstream)
  onTestFinished(async () => {
    await stop()
  })
  const authorization = `Bearer ${await token()}`
  return async <Method extends string, Path extends string>(
    method: Method,
    path: Path,
    body?: object,
  ): Promise<ProxiedAnswer<DocumentedBody<Method, Path>>> => {
    const response = await fetch(`${origin}${apiRoot}${path}`, {
      method,
      headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: (text === '' ? undefined : JSON.parse(text)) as DocumentedBody<Method, Path>,
      violations: response.headers.get('sl-violations'),
    }
  }
}

test(
  "the proxy finds no violation of the OpenAPI document during a secret's lifecycle",
  { timeout: 90_000 },
  async () => {
    const send = await startProxy((await startProbeServer()).origin)
    /** Sends a request and expects `status` and no violations. @returns the response body */
    const expectBody = async <Method extends string, Path extends string>(
      status: number,
      method: Method,
      path: Path,
      input?: object,
    ) => {
      const answer = await send(method, path, input)
      const request = [method, path, input]
      expect({ request, ...answer }).toMatchObject({ request, status, violations: null })
      return answer.body
    }

    await expectBody(404, 'GET', application)
    await expectBody(201, 'PUT', application, { name: 'First' })
    await expectBody(201, 'PUT', webhook, { url: 'https://merchant.example/webhooks' })
    await expectBody(409, 'POST', `${webhook}/signatures`, { payload: '{}' })
    await expectBody(200, 'PATCH', `${webhook}/secret`)
    const { headers } = await expectBody(200, 'POST', `${webhook}/signatures`, { payload: '{}' })
    const message = { headers, payload: '{}' }
    expect(await expectBody(200, 'POST', `${webhook}/signatures/verify`, message)).toMatchObject({
      valid: true,
    })

    const { signingSecret } = await expectBody(200, 'PATCH', `${webhook}/secret`, {
      overlapSeconds: 3600,
      reason: 'a new year',
    })
    expect(await expectBody(200, 'GET', webhook)).toMatchObject({ liveKeys: 2 })
    expect(await expectBody(200, 'GET', `${webhook}/secret`)).toMatchObject({
      previous: [{ state: 'previous' }],
    })
    await expectBody(200, 'DELETE', `${webhook}/secret/previous`)
    expect(await expectBody(200, 'POST', `${webhook}/signatures/verify`, message)).toMatchObject({
      reason: 'revoked_key',
    })

    const receiver = await startReceiver(verifiedWith(signingSecret))
    await expectBody(200, 'PUT', webhook, { url: receiver.url })
    expect(await expectBody(200, 'POST', `${webhook}/probes`)).toMatchObject({ proven: true })
    expect(await expectBody(200, 'GET', `${webhook}/events?limit=1`)).toMatchObject({
      items: [{ type: 'receiver.probed' }],
    })
    await expectBody(200, 'GET', `${application}/webhooks`)
    await expectBody(200, 'GET', '/applications?limit=1')
    await expectBody(204, 'DELETE', webhook)
    await expectBody(204, 'DELETE', application)
  },
)

test(
  'the proxy reports violations of the OpenAPI document, and mocks operations that return 501',
  { timeout: 60_000 },
  async () => {
    const rotated = { keyFingerprint: 'whsec_****b7d1', signingSecret: 'whsec_new_full_secret_value' }
    let [status, body]: [number, object] = [200, rotated]
    const server = await startHttpReceiver((_, response) => {
      response
        .writeHead(status, {
          'content-type': 'application/json',
          'x-request-id': 'request-1',
          'cache-control': 'no-store',
          etag: '"key_4pQf0wJt0bqkq1uJp8wY2A"',
        })
        .end(JSON.stringify(body))
    })
    const send = await startProxy(new URL(server.url).origin)
    /** Requests a rotation through the proxy from a server that responds with `answer`. */
    const rotate = (answer: [number, object], input?: object) => {
      ;[status, body] = answer
      return send('PATCH', `${webhook}/secret`, input)
    }
    expect(await rotate([200, rotated])).toEqual({ status: 200, body: rotated, violations: null })
    expect(await rotate([501, {}])).toEqual({ status: 200, body: rotated, violations: null })
    const { signingSecret } = rotated
    for (const [answer, input, violation] of [
      [[202, rotated], {}, 'Unable to match the returned status code'],
      [[200, { ...rotated, id: 'key_1' }], {}, 'must NOT have additional properties'],
      [[200, { signingSecret }], {}, "must have required property 'keyFingerprint'"],
      [[200, rotated], { overlapSeconds: -1 }, 'overlapSeconds must be >= 0'],
    ] as [[number, object], object, string][]) {
      expect(await rotate(answer, input)).toMatchObject({
        status: answer[0],
        violations: expect.stringContaining(violation),
      })
    }
  },
)
