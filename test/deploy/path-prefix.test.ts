import { describe, expect, test, type TestContext } from 'vitest'
import { listAddress, openConsole } from '../support/console.ts'
import { freePort } from '../support/free-port.ts'
import { enter, openReferenceAt, send, textOf } from '../support/reference-page.ts'
import { startReverseProxy, type ProxyName, type RunningProxy } from '../support/reverse-proxy.ts'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'
import { needsTools } from '../support/tools.ts'

const secret = '/applications/app_1/webhooks/hook_1/secret'

async function startBelow(
  context: TestContext,
  name: ProxyName,
  isRemoved: boolean,
): Promise<RunningProxy & { publicUrl: string }> {
  needsTools(context, name)
  const port = await freePort()
  const publicUrl = `https://localhost:${port}/rekey`
  const server = await startServer({ environment: { REKEY_PUBLIC_URL: publicUrl } })
  await provision(server)
  const below = { port, prefix: '/rekey', isRemoved }
  return { publicUrl, ...(await startReverseProxy(name, [server.origin, server.origin], below)) }
}

describe.each<[ProxyName, string, boolean]>([
  ['nginx', 'removes', true],
  ['nginx', 'keeps', false],
  ['caddy', 'removes', true],
  ['caddy', 'keeps', false],
])('behind %s, which %s the path prefix', (name, _, isRemoved) => {
  test('the API is at the URL in the document, and redirects and messages name public paths', async (context) => {
    const { publicUrl, through } = await startBelow(context, name, isRemoved)
    const { text } = await through('GET', '/rekey/openapi.json')
    const { servers } = JSON.parse(text) as { servers: { url: string }[] }
    expect(servers.map(({ url }) => url)).toEqual([`${publicUrl}/api/v1`])
    expect((await through('PATCH', `/rekey/api/v1${secret}`)).status).toBe(200)
    for (const page of ['docs', 'console']) {
      const { status, headers } = await through('GET', `/rekey/${page}/`)
      const target = new URL(headers.location ?? '', `${publicUrl}/${page}/`).href
      expect([status, target]).toEqual([308, `${publicUrl}/${page}`])
    }
    expect((await through('GET', '/rekey/applications')).text).toContain('begin with /rekey/api/v1/.')
    expect((await through('GET', '/rekey/metrics')).status).toBe(404)
  })
})

test.for<[ProxyName, string, boolean]>([
  ['nginx', 'removes', true],
  ['caddy', 'keeps', false],
])(
  'behind %s, which %s the path prefix, the console signs in and the reference page sends a request',
  { timeout: 90_000 },
  async ([name, , isRemoved], context) => {
    const { publicUrl } = await startBelow(context, name, isRemoved)
    const browser = { ignoreHTTPSErrors: true }
    const { page } = await openConsole(context, { origin: publicUrl }, { at: listAddress, ...browser })
    await page.getByRole('link', { name: 'app_1' }).click()
    await page.getByRole('link', { name: 'hook_1' }).click()
    await page.getByText('This webhook has no secret yet').waitFor()

    const reference = await openReferenceAt(context, publicUrl, browser)
    const { page: docs, form, answer, errors, origins } = reference
    expect(await form.getByLabel('Base URL').inputValue()).toBe(publicUrl)
    expect(await textOf(docs.locator('#language pre').first())).toContain(
      `"${publicUrl}/api/v1/applications/`,
    )
    await enter(form, { 'Bearer Token': await token(), applicationId: 'app_1', webhookId: 'hook_1' })
    const preview = await textOf(form.getByRole('region', { name: 'Request Preview' }))
    expect(preview).toContain(`PATCH /rekey/api/v1${secret} HTTP/1.1\n`)
    await docs.getByRole('link', { name: 'Get a webhook GET' }).click()
    await docs.getByRole('heading', { name: 'Get a webhook', level: 1 }).waitFor()
    expect(docs.url()).toBe(`${publicUrl}/docs/getWebhook`)
    await send(form)
    // HTTP/2 has no reason phrase.
    await answer.locator('.good summary').getByText('200').waitFor()
    await docs.getByRole('button', { name: 'Yes' }).click()
    await docs.getByText('You answered “Yes”').waitFor()
    expect([errors, [...origins]]).toEqual([[], [new URL(publicUrl).origin]])
  },
)
