import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schemes, type SchemeName } from '../../src/domain/schemes/schemes.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { asReceived } from '../support/one-signature.ts'
import { present } from '../support/present.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

interface Libraries {
  verifiers: Record<
    SchemeName,
    (secret: string, headers: IncomingHttpHeaders, body: string) => boolean | Promise<boolean>
  >
  signers: Partial<
    Record<
      SchemeName,
      (secret: string, body: string) => Record<string, string> | Promise<Record<string, string>>
    >
  >
  followKeySet: (url: string) => {
    refresh: () => Promise<void>
    verifies: (headers: IncomingHttpHeaders, body: string) => Promise<boolean>
  }
}

const names = Object.keys(schemes) as SchemeName[]
/** How many random payloads each library verifies. Across all schemes, these are thousands. */
const payloads = 400
const folder = mkdtempSync(join(tmpdir(), 'rekey-receivers-'))
let libraries: Libraries

beforeAll(async () => {
  cpSync(import.meta.dirname, folder, { recursive: true })
  const options = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  await promisify(execFile)('npm', options, { cwd: folder })
  const file = pathToFileURL(join(folder, 'libraries/verifiers.mjs')).href
  libraries = (await import(/* @vite-ignore */ file)) as Libraries
}, 180_000)

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Returns JSON, because several libraries parse the body. */
function randomPayloads(count: number): string[] {
  return fc.sample(
    fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()).map((value) => JSON.stringify(value)),
    count,
  )
}

async function sign(server: TestServer, webhook: WebhookPath, payload: string): Promise<IncomingHttpHeaders> {
  const { body, text } = await server.api('POST', `${webhook}/signatures`, { body: { payload } })
  if (!('headers' in body)) throw new Error(text)
  return asReceived(body.headers)
}

describe.each(names)('the library that receivers of %s use', (name) => {
  /** Whether the library verifies a message with only one of several live keys, the oldest. */
  const isOldestAlone = schemes[name].separator === undefined || name === 'paddle'

  test(
    'verifies each message with every live secret, and with no expired one',
    { timeout: 120_000 },
    async () => {
      const server = await startServer()
      const webhook = await provision(server, 'app_1', 'hook_1', name)
      const rotate = async (overlapSeconds: number) =>
        (await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds } })).body.signingSecret
      const ended = await rotate(0)
      const live = [await rotate(0), await rotate(3_600), await rotate(3_600)]
      const verdicts = async (payload: string, secrets: string[], tampered = payload) => {
        const headers = await sign(server, webhook, payload)
        return Promise.all(
          secrets.map(async (secret) => libraries.verifiers[name](secret, headers, tampered)),
        )
      }
      const expected = isOldestAlone ? [false, true, false, false] : [false, true, true, true]
      for (const payload of randomPayloads(payloads))
        expect(await verdicts(payload, [ended, ...live]), payload).toEqual(expected)
      expect(await verdicts('{}', live, '{"a":1}')).toEqual([false, false, false])
      await server.api('DELETE', `${webhook}/secret/previous`)
      expect(await verdicts('{}', [ended, ...live])).toEqual([false, false, false, true])
    },
  )

  // Ed25519 keys cannot be imported.
  if (name === 'ed25519') return

  test('verifies with an imported secret', async () => {
    const server = await startServer()
    const webhook = await provision(server, 'app_1', 'hook_1', name)
    const signingSecret =
      schemes[name].keyBytes === 'text'
        ? 'legacy_secret-0123'
        : `whsec_${Buffer.alloc(24, 5).toString('base64')}`
    await server.api('PATCH', `${webhook}/secret`, { body: { signingSecret } })
    expect(await libraries.verifiers[name](signingSecret, await sign(server, webhook, '{}'), '{}')).toBe(true)
  })
})

test.each(['standard-webhooks', 'svix', 'stripe', 'github'] as const)(
  'Rekey verifies what the library of %s signed',
  { timeout: 60_000 },
  async (name) => {
    const server = await startServer()
    const webhook = await provision(server, 'app_1', 'hook_1', name)
    const { signingSecret } = (await server.api('PATCH', `${webhook}/secret`)).body
    for (const payload of randomPayloads(50)) {
      const headers = await present(libraries.signers[name])(signingSecret, payload)
      const { body } = await server.api('POST', `${webhook}/signatures/verify`, {
        body: { headers, payload },
      })
      expect(body).toMatchObject({ valid: true, reason: null })
    }
  },
)

test('a receiver that fetches the key set with jose verifies every message through ten rotations', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  const rotate = (overlapSeconds: number) =>
    server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds } })
  await rotate(600)
  const receiver = libraries.followKeySet(`${server.origin}/jwks/app_1/hook_1`)
  let cachedUntil = 0
  for (let second = 0, rotations = 0; rotations < 10; second += 37, now += 37_000) {
    // As the response's Cache-Control says, and not when a message fails to verify.
    if (now >= cachedUntil) {
      await receiver.refresh()
      cachedUntil = now + 300_000
    }
    const headers = await sign(server, webhook, '{}')
    expect(await receiver.verifies(headers, '{}'), `after ${second} s`).toBe(true)
    expect(await receiver.verifies(headers, '{} ')).toBe(false)
    if (second % 629 === 0) {
      await rotate(600)
      rotations += 1
    }
  }

  const before = await sign(server, webhook, '{}')
  await rotate(0)
  await receiver.refresh()
  expect(await receiver.verifies(before, '{}')).toBe(false)
  expect(await receiver.verifies(await sign(server, webhook, '{}'), '{}')).toBe(true)
})
