import { expect, onTestFinished, test } from 'vitest'
import { openPage } from '../support/browser.ts'
import { startMock } from '../support/mock.ts'
import { startHttpReceiver } from '../support/receivers.ts'
import { startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

/** Servers for a front end. Each function starts one that pages of `site` may use. @returns its origin */
const servers: Record<string, (site: string) => Promise<string>> = {
  'the mock': () => mock(),
  'the stateful mock': () => mock('--stateful'),
  'the real server': async (site) =>
    (await startServer({ environment: { REKEY_CORS_ORIGINS: new URL(site).origin } })).origin,
}

async function mock(...args: string[]): Promise<string> {
  const { origin, stop } = await startMock(...args)
  onTestFinished(async () => {
    await stop()
  })
  return origin
}

/** Runs in the page, so it uses only its arguments. */
async function frontEnd([api, token]: [string, string]) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { ...headers, ...(method === 'PATCH' && { 'idempotency-key': `key-${Math.random()}` }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { ok: response.ok, etag: response.headers.get('etag'), body: (await response.json()) as never }
  }
  const webhook = '/applications/app_1/webhooks/hook_1'
  const provisioned = [
    await call('PUT', '/applications/app_1', { name: 'Shop' }),
    await call('PUT', webhook, { url: 'https://merchant.example/webhooks' }),
  ]
  await call('PATCH', `${webhook}/secret`)
  const rotated = await call('PATCH', `${webhook}/secret`, { overlapSeconds: 3600 })
  const state = await call('GET', `${webhook}/secret`)
  const signed = await call('POST', `${webhook}/signatures`, { payload: '{}' })
  return { provisioned: provisioned.map(({ ok }) => ok), rotated, state, signed }
}

test.for(Object.keys(servers))(
  'the same front end, on another origin, provisions a webhook, rotates its secret and signs with %s',
  async (name, context) => {
    const site = await startHttpReceiver((_, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>a front end</title>')
    })
    const origin = (await servers[name]?.(site.url)) ?? ''
    const { page, errors } = await openPage(context)
    await page.goto(site.url)
    const seen = await page.evaluate(frontEnd, [`${origin}/api/v1`, await token()] as [string, string])
    expect(seen).toMatchObject({
      provisioned: [true, true],
      rotated: {
        etag: expect.stringMatching(/^"key_[\w-]{22}"$/) as string,
        body: {
          keyFingerprint: expect.stringMatching(/^whsec_\*{4}[0-9a-f]{4}$/) as string,
          signingSecret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) as string,
        },
      },
      state: {
        ok: true,
        body: { current: { state: 'current' }, previous: [{ state: 'previous', signs: true }] },
      },
      signed: {
        ok: true,
        body: { headers: { 'webhook-signature': expect.stringMatching(/^v1,/) as string } },
      },
    })
    expect(errors).toEqual([])
  },
)
