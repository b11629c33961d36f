import { writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { schemes, type SchemeName } from '../../src/domain/schemes/schemes.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { codeBlocks, readPage, section } from '../support/documentation.ts'
import { asReceived } from '../support/one-signature.ts'
import { newSecret } from '../support/probes.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

type Verified = (headers: IncomingHttpHeaders, body: Buffer) => boolean | Promise<boolean>

const page = 'docs/receivers.md'
const names = Object.keys(schemes) as SchemeName[]
const body = '{"type":"invoice.paid"}'

function block(name: string): string {
  return codeBlocks(section(page, `receiver-${name}`), 'javascript').join('')
}

/** Returns the documented receiver of a scheme, assembled as a reader would. */
function code(name: SchemeName): string {
  if (name === 'svix') return code('standard-webhooks').replaceAll('webhook-', 'svix-')
  return `${block('shared')}\n${block(name)}\nexport { verified }`
}

let files = 0

/** Loads a receiver with these secrets. */
async function load(folder: string, text: string, variables: Record<string, string>): Promise<Verified> {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const file = join(folder, `receiver-${files++}.mjs`)
  writeFileSync(file, text)
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { verified: Verified }
  return module.verified
}

async function sign(server: TestServer, webhook: WebhookPath, more: object = {}) {
  const response = await server.api('POST', `${webhook}/signatures`, { body: { payload: body, ...more } })
  return asReceived(response.body.headers)
}

test.each(names)('the documented receiver for %s accepts every message during a rotation', async (name) => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', name)
  const old = await newSecret(server, webhook)
  const fresh = await newSecret(server, webhook)
  const receiver = (...secrets: string[]) =>
    load(server.folder, code(name), { WEBHOOK_SECRETS: secrets.join(' ') })
  const receivers = [await receiver(old), await receiver(old, fresh), await receiver(fresh)]
  const verdicts = async (payload = body, more = {}) => {
    const headers = await sign(server, webhook, more)
    return Promise.all(receivers.map(async (verified) => verified(headers, Buffer.from(payload))))
  }
  expect(await verdicts()).toEqual([true, true, schemes[name].separator !== undefined])
  expect(await verdicts(`${body} `)).toEqual([false, false, false])
  const { timestampHeader, timestampParameter } = schemes[name]
  const hasTimestamp = timestampHeader !== undefined || timestampParameter !== undefined
  const late = await verdicts(body, { timestamp: Math.floor(Date.now() / 1000) - 301 })
  expect(late[1]).toBe(!hasTimestamp)
  await server.api('DELETE', `${webhook}/secret/previous`)
  expect(await verdicts()).toEqual([false, true, true])
  const genuine = await sign(server, webhook)
  const header = schemes[name].signatureHeader.toLowerCase()
  const signature = String(genuine[header])
  for (const hostile of ['é'.repeat(signature.length), 'v1', 'h1=', signature.slice(0, -3), ''])
    for (const verified of receivers)
      expect(await verified({ ...genuine, [header]: hostile }, Buffer.from(body)), hostile).toBe(false)
  for (const verified of receivers) expect(await verified({}, Buffer.from(body))).toBe(false)
})

test('the documented receiver that uses the key set fetches it every five minutes', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  await newSecret(server, webhook)
  const text = code('ed25519').replace(/^const publicKeys .*$/m, block('follower'))
  expect(text).toContain('WEBHOOK_KEYS')
  const keys = `${server.origin}/jwks/app_1/hook_1`
  const verified = await load(server.folder, text, { WEBHOOK_SECRETS: '', WEBHOOK_KEYS: keys })
  vi.spyOn(Date, 'now').mockImplementation(() => now)
  onTestFinished(() => {
    vi.restoreAllMocks()
  })
  const accepts = async () => verified(await sign(server, webhook), Buffer.from(body))
  expect(await accepts()).toBe(true)
  await newSecret(server, webhook, { overlapSeconds: 600 })
  now += 299_000
  expect(await accepts()).toBe(true)
  now += 302_000
  expect(await accepts()).toBe(true)
  await newSecret(server, webhook, { overlapSeconds: 0 })
  expect(await accepts()).toBe(false)
  now += 300_000
  expect(await accepts()).toBe(true)
})

test('the table lists every scheme, and only headers that the scheme allows', async () => {
  const rows = [...readPage(page).matchAll(/^\| .* \| +`([a-z0-9-]+)` +\| +(?:`([\w-]+)`)? *\|$/gm)]
  expect(new Set(rows.map(([, scheme]) => scheme))).toEqual(new Set(names))
  const server = await startServer()
  await provision(server)
  for (const [i, [, signatureScheme, signatureHeader]] of rows.entries()) {
    const { status, body } = await server.api('PUT', `/applications/app_1/webhooks/row_${i}`, {
      body: { url: 'https://merchant.example/', signatureScheme, signatureHeader },
    })
    expect([status, body.signatureHeader.toLowerCase()]).toEqual([
      201,
      (signatureHeader ?? schemes[signatureScheme as SchemeName].signatureHeader).toLowerCase(),
    ])
  }
})
