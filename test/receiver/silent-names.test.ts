import { afterEach, expect, test, vi } from 'vitest'
import { startDnsServer } from '../support/dns-server.ts'
import { startJwksServer } from '../support/jwks-server.ts'
import { startProbeServer } from '../support/probes.ts'
import { startReceiver } from '../support/receivers.ts'
import { createSigner, signedBy } from '../support/signers.ts'

afterEach(() => {
  vi.useRealTimers()
})

test('while 24 probes wait for names whose DNS servers never respond, all other requests of the process succeed', async () => {
  const { queries } = await startDnsServer((name) =>
    name === 'bystander.example' ? { addresses: ['127.0.0.1'] } : null,
  )
  const receiver = await startReceiver(() => 204)
  const first = createSigner('ES256', 'first')
  const second = createSigner('ES256', 'second')
  const issuer = await startJwksServer(first)
  const server = await startProbeServer({
    environment: { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url.replace('127.0.0.1', 'localhost') },
  })
  const as = (signer: typeof first) => signedBy(signer)
  const webhook = async (application: string, url: string) => {
    const token = await as(first)
    await server.api('PUT', `/applications/${application}`, { token, body: {} })
    await server.api('PUT', `/applications/${application}/webhooks/hook_1`, { token, body: { url } })
    await server.api('PATCH', `/applications/${application}/webhooks/hook_1/secret`, { token })
    return `/applications/${application}/webhooks/hook_1` as const
  }
  const bystander = await webhook('bystander', `http://bystander.example:${receiver.port}/`)
  const silent = await Promise.all([1, 2, 3].map((n) => webhook(`app_${n}`, `http://silent-${n}.example/`)))
  const token = await as(first)
  const probes = silent.flatMap((path) =>
    Array.from({ length: 8 }, () => server.api('POST', `${path}/probes`, { token })),
  )
  await expect.poll(() => queries.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(48)

  const signatures = []
  for (let i = 0; i < 5; i++) {
    const start = performance.now()
    const body = { payload: '{}' }
    const { status } = await server.api('POST', `${bystander}/signatures`, { token, body })
    expect(status).toBe(200)
    signatures.push(performance.now() - start)
  }
  expect(Math.min(...signatures)).toBeLessThan(1_000)
  expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
  // To fetch a key that it does not know yet, the server has to resolve the issuer's name.
  issuer.publish(first, second)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5_000 })
  expect((await server.api('GET', bystander, { token: await as(second) })).status).toBe(200)
  expect(issuer.requests()).toBe(2)
  const { body } = await server.api('POST', `${bystander}/probes`, { token })
  expect(body.messages).toMatchObject([{ status: 204 }, { status: 204 }])

  for (const probe of probes) {
    const { status, body } = await probe
    expect([status, body.messages]).toMatchObject([200, Array(2).fill({ verdict: 'timed_out' })])
  }
})
