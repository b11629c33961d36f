import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rekey } from '../support/command.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { notePrivateKeys } from '../support/private-keys.ts'
import { newSecret } from '../support/probes.ts'
import { findSecrets } from '../support/secret-search.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'
import { verifiesWith } from '../support/v1a.ts'

interface Line {
  keyId: string
  keyFingerprint: string
  signingSecret?: string
}

const { PATH = '' } = process.env
const fresh = `k2:${Buffer.alloc(32, 2).toString('base64')}`
const old = exampleEnvironment['REKEY_ENCRYPTION_KEYS'] ?? ''
const made = Buffer.alloc(32, 9).toString('base64')
/** The line that a run leaves if it stops before it commits the rotation. */
const uncommitted = {
  applicationId: 'app_1',
  webhookId: 'hook_1',
  keyId: `key_${'A'.repeat(22)}`,
  keyFingerprint: 'whpk_****f214',
  signingSecret: `whpk_${made}`,
  rotatedAt: '2026-01-01T00:00:00.000Z',
}

async function start() {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  return { server, webhook, first: await newSecret(server, webhook) }
}

async function run(server: TestServer, args: string[], environment = {}) {
  const { folder: cwd, databaseUrl } = server
  const result = await rekey(args, {
    cwd,
    environment: { ...exampleEnvironment, DATABASE_URL: databaseUrl, PATH, ...environment },
  })
  const said = Buffer.from(result.stdout + result.stderr)
  expect(said.toString()).not.toMatch(/whsk_[A-Za-z0-9+/]/)
  expect(findSecrets(await notePrivateKeys(server, environment), said)).toEqual([])
  return result
}

async function verdicts({ api }: TestServer, webhook: WebhookPath, publicKeys: string[]) {
  const { headers } = (await api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })).body
  return publicKeys.map((publicKey) => verifiesWith(publicKey, headers, '{}'))
}

function read({ folder }: TestServer, name: string): Buffer {
  return readFileSync(join(folder, name))
}

function lines(server: TestServer): Line[] {
  const [, ...texts] = read(server, 'out.jsonl').toString().trimEnd().split('\n')
  return texts.map((text) => JSON.parse(text) as Line)
}

test('rekey rotate writes the public key to its file, and a resumed run does not rotate again', async () => {
  const { server, webhook, first } = await start()
  const { code, stdout } = await run(server, ['rotate', '--all', '--output', 'out.jsonl'])
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { rotated: 1, already: 0, failed: [] }])
  const [line] = lines(server)
  const { current } = (await server.api('GET', `${webhook}/secret`)).body
  expect(line).toMatchObject({ keyId: current?.id, keyFingerprint: current?.keyFingerprint })
  expect(await verdicts(server, webhook, [line?.signingSecret ?? '', first])).toEqual([true, true])
  expect(findSecrets(await notePrivateKeys(server), read(server, 'out.jsonl'))).toEqual([])
  const again = await run(server, ['rotate', '--resume', 'out.jsonl'])
  expect([JSON.parse(again.stdout), lines(server)]).toMatchObject([{ rotated: 0, already: 1 }, { length: 1 }])
})

test('if the file has a public key whose rotation was never committed, a resumed run adds a line with a new key', async () => {
  const { server, webhook, first } = await start()
  const policy =
    '{"run":{"applications":"*","webhooks":"*","createdBefore":null,"overlapSeconds":3600,"reason":null,"exec":null,"rate":20}}'
  writeFileSync(join(server.folder, 'out.jsonl'), `${policy}\n${JSON.stringify(uncommitted)}\n`, {
    mode: 0o600,
  })
  const { code, stdout, stderr } = await run(server, ['rotate', '--resume', 'out.jsonl'])
  expect([code, stderr, JSON.parse(stdout)]).toMatchObject([
    0,
    expect.any(String),
    { rotated: 1, already: 0 },
  ])
  const [before, after] = lines(server)
  expect(before).toEqual(uncommitted)
  const { current } = (await server.api('GET', `${webhook}/secret`)).body
  expect(after).toMatchObject({ keyId: current?.id, keyFingerprint: current?.keyFingerprint })
  const keys = [uncommitted.signingSecret, after?.signingSecret ?? '', first]
  expect(await verdicts(server, webhook, keys)).toEqual([false, true, true])
  const again = await run(server, ['rotate', '--resume', 'out.jsonl'])
  expect([JSON.parse(again.stdout), lines(server)]).toMatchObject([{ rotated: 0, already: 1 }, { length: 2 }])
})

test('rekey rotate --exec passes the public key to the command, and passes the same key again after a failure', async () => {
  const { server, webhook } = await start()
  const exec = ['rotate', '--all', '--output', 'out.jsonl', '--shell', '--exec', 'cat > got; test -e ready']
  expect((await run(server, exec)).code).toBe(1)
  const failed = read(server, 'got').toString()
  writeFileSync(join(server.folder, 'ready'), '')
  expect((await run(server, ['rotate', '--resume', 'out.jsonl'])).code).toBe(0)
  expect(read(server, 'got').toString()).toBe(failed)
  expect(await verdicts(server, webhook, [failed])).toEqual([true])
  expect(read(server, 'out.jsonl').toString()).not.toMatch(/whpk_[^*]|whsk_/)
})

test('rekey rewrap keeps the keys, their fingerprints and their signatures', async () => {
  const { server, webhook, first } = await start()
  const state = (await server.api('GET', `${webhook}/secret`)).body
  const { code, stdout } = await run(server, ['rewrap'], { REKEY_ENCRYPTION_KEYS: `${fresh},${old}` })
  expect([code, JSON.parse(stdout)]).toEqual([0, { kid: 'k2', rewrapped: 1, remaining: 0, failed: [] }])
  await server.close()
  const after = await startServer({ beside: server, environment: { REKEY_ENCRYPTION_KEYS: fresh } })
  expect((await after.api('GET', `${webhook}/secret`)).body).toEqual(state)
  expect(await verdicts(after, webhook, [first])).toEqual([true])
})

test('rekey revoke ends the overlap, and the audit trail stays valid', async () => {
  const { server, webhook, first } = await start()
  const second = await newSecret(server, webhook)
  expect((await run(server, ['revoke', '--all'])).code).toBe(0)
  expect(await verdicts(server, webhook, [first, second])).toEqual([false, true])
  expect((await run(server, ['audit', 'verify'])).code).toBe(0)
})

test.each([
  [
    'a webhook of the scheme',
    { signatureScheme: 'ed25519', signingSecret: `whsec_${made}` },
    'ed25519 webhooks cannot be imported',
  ],
  [
    'a private key',
    { signatureScheme: 'github', signingSecret: `whsk_${made}` },
    'signingSecret must not be a private or public key',
  ],
  [
    'a public key',
    { signatureScheme: 'github', signingSecret: `whpk_${made}` },
    'signingSecret must not be a private or public key',
  ],
])('rekey import refuses %s', async (_, line, message) => {
  const { server, webhook } = await start()
  const ids = { applicationId: 'app_1', webhookId: 'hook_2', url: 'https://merchant.example/' }
  writeFileSync(join(server.folder, 'in.jsonl'), JSON.stringify({ ...ids, ...line }), { mode: 0o600 })
  const { code, stdout, stderr } = await run(server, ['import', 'in.jsonl'])
  expect([code, stdout + stderr]).toEqual([1, expect.stringContaining(message)])
  expect(stdout + stderr).not.toContain(made)
  expect((await server.api('GET', webhook.replace('hook_1', 'hook_2') as WebhookPath)).status).toBe(404)
})

test('rekey import never switches a webhook that has keys to or from ed25519', async () => {
  const { server, webhook } = await start()
  const line = {
    applicationId: 'app_1',
    webhookId: 'hook_1',
    url: 'https://merchant.example/',
    signatureScheme: 'standard-webhooks',
    signingSecret: `whsec_${made}`,
  }
  writeFileSync(join(server.folder, 'in.jsonl'), JSON.stringify(line), { mode: 0o600 })
  const { code, stdout } = await run(server, ['import', 'in.jsonl', '--rotate'])
  expect([code, stdout]).toEqual([
    1,
    expect.stringContaining('cannot change from ed25519 to standard-webhooks'),
  ])
  const { signatureScheme, liveKeys } = (await server.api('GET', webhook)).body
  expect([signatureScheme, liveKeys]).toEqual(['ed25519', 1])
})
