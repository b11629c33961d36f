import { setTimeout as delay } from 'node:timers/promises'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, onTestFinished, test, vi } from 'vitest'
import { contractFaults } from '../support/contract.ts'
import { documentedOperations, exampleBody } from '../support/document.ts'
import { mockedExample, startMock } from '../support/mock.ts'
import { startReceiver, verifiedWith } from '../support/receivers.ts'
import { apiOf, provision, type Api } from '../support/server.ts'

/** Starts a stateful mock until the test ends. @returns a function that calls it with a token that is not a JWT */
async function startStateful(...args: string[]): Promise<{ origin: string; api: Api }> {
  const { origin, stop } = await startMock('--stateful', ...args)
  onTestFinished(async () => {
    await stop()
  })
  const api = apiOf(origin)
  return { origin, api: (method, path, options) => api(method, path, { token: 'any token', ...options }) }
}

test('keeps state: both keys sign after a rotation, verification finds the key, and a probe reaches a local receiver', async () => {
  const { api } = await startStateful()
  const webhook = await provision({ api })
  const first = (await api('PATCH', `${webhook}/secret`)).body.signingSecret
  const { body: rotated } = await api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 3600 } })
  const receiver = await startReceiver(verifiedWith(first))
  await api('PUT', webhook, { body: { url: receiver.url } })

  const { headers } = (await api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })).body
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2)
  expect(
    (await api('POST', `${webhook}/signatures/verify`, { body: { headers, payload: '{}' } })).body,
  ).toEqual({
    valid: true,
    keyFingerprint: rotated.keyFingerprint,
    keyState: 'current',
    reason: null,
  })
  expect((await api('POST', `${webhook}/probes`)).body).toMatchObject({ proven: false })
  expect((await api('GET', `${webhook}/events`)).body.items.map(({ type }) => type)).toContain(
    'receiver.probed',
  )
  expect((await api('GET', '/applications', { token: null })).status).toBe(401)
})

test('with the same --seed, two mocks issue the same secrets in the same order; without it, secrets are random', async () => {
  const secretsOf = async (...args: string[]) => {
    const { api } = await startStateful(...args)
    const webhook = await provision({ api })
    const rotate = async () => (await api('PATCH', `${webhook}/secret`)).body.signingSecret
    return [await rotate(), await rotate()]
  }
  const [one, again, two, random] = await Promise.all([
    secretsOf('--seed', 'one'),
    secretsOf('--seed', 'one'),
    secretsOf('--seed', 'two'),
    secretsOf(),
  ])
  expect(again).toEqual(one)
  expect(new Set([...one, ...two, ...random]).size).toBe(6)
})

test('with --clock 60x, an overlap of 2 minutes ends after 2 seconds, and messages have the real time', async () => {
  const { api } = await startStateful('--clock', '60x')
  const webhook = await provision({ api })
  await api('PATCH', `${webhook}/secret`)
  const { headers } = await api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 120 } })
  expect(headers.get('etag')).not.toBeNull()
  const start = Date.now()
  const sign = async () =>
    (await api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })).body.headers
  const during = await sign()
  expect(during['webhook-signature']?.split(' ')).toHaveLength(2)
  const { body: state } = await api('GET', `${webhook}/secret`)
  const [previous] = state.previous
  expect(Date.parse(previous?.expiresAt ?? '') - Date.parse(state.current?.createdAt ?? '')).toBe(2_000)
  await vi.waitFor(
    async () => {
      expect((await sign())['webhook-signature']?.split(' ')).toHaveLength(1)
    },
    {
      timeout: 10_000,
      interval: 100,
    },
  )
  expect(Date.now() - start).toBeGreaterThan(1_500)
  const after = await sign()
  expect(Math.abs(Number(after['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(5)
  expect((await api('GET', `${webhook}/secret`)).body.previous).toMatchObject([{ state: 'expired' }])

  // The default overlap is shorter, too.
  await api('PATCH', `${webhook}/secret`)
  const { body } = await api('GET', `${webhook}/secret`)
  const lasts = Date.parse(body.previous[0]?.expiresAt ?? '') - Date.parse(body.current?.createdAt ?? '')
  expect(lasts).toBe((86_400 / 60) * 1000)
})

test('a Prefer header selects any documented response and example, and changes nothing', async () => {
  const { api } = await startStateful()
  const webhook = await provision({ api })
  await api('PATCH', `${webhook}/secret`)
  const before = await api('GET', `${webhook}/events`)
  for (const operation of documentedOperations) {
    const { name, method, path, responses } = operation
    const ask = (prefer: string) => api(method, path, { headers: { prefer }, body: exampleBody(operation) })
    for (const [status, { content = {} }] of Object.entries(responses)) {
      const answer = await ask(`code=${status}`)
      expect(answer.status).toBe(Number(status))
      expect(contractFaults(method, path, answer), `faults of ${name} ${status}`).toEqual([])
      for (const [example, { value }] of Object.entries(content['application/json']?.examples ?? {}))
        expect(await ask(`code=${status}, example=${example}`)).toMatchObject({
          status: Number(status),
          body: mockedExample(value),
        })
    }
  }
  expect((await api('GET', `${webhook}/events`)).body).toEqual(before.body)
  const unknown = await api('GET', webhook, { headers: { prefer: 'code=418' } })
  expect(unknown).toMatchObject({ status: 400, body: { code: 400 } })
  expect(unknown.text).toContain('code=418 is not documented for this operation. Documented: 200, ')
  for (const prefer of ['code=constructor', 'code=__proto__', 'code=200, example=constructor'])
    expect((await api('GET', webhook, { headers: { prefer } })).status, prefer).toBe(400)
})

test('with --delay, waits before handling a request, and leaves no files behind when it exits', async () => {
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('rekey-mock-'))
  const earlier = new Set(folders())
  const { origin, stop } = await startMock('--stateful', '--delay', '700')
  const start = performance.now()
  expect((await fetch(`${origin}/healthz`)).status).toBe(200)
  expect(performance.now() - start).toBeGreaterThan(690)
  expect(await stop()).toBe(0)
  await delay(100)
  expect(
    folders().filter((name) => !earlier.has(name) && existsSync(`${tmpdir()}/${name}/rekey.db`)),
  ).toEqual([])
})
