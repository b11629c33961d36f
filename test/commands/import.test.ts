import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rekey, type CommandOptions } from '../support/command.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { present } from '../support/present.ts'
import { startServer, type TestServer } from '../support/server.ts'

const secret = (n: number) => `whsec_${Buffer.alloc(32, n).toString('base64')}`
const hook = { applicationId: 'app_1', webhookId: 'hook_1', url: 'https://receiver.example/' }
const webhook = '/applications/app_1/webhooks/hook_1' as const
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()

interface Report {
  created: number
  imported: number
  rotated: number
  updated: number
  unchanged: number
  refused: { line: number; webhookId: string; message: string }[]
  due: object[]
}

const nothing = { created: 0, imported: 0, rotated: 0, updated: 0, unchanged: 0, refused: [], due: [] }

async function runImport(
  server: TestServer,
  lines: (object | string)[],
  args: string[] = [],
  more: Partial<CommandOptions> = {},
) {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
  writeFileSync(join(server.folder, 'in.jsonl'), text, { mode: 0o600 })
  const environment = { ...exampleEnvironment, DATABASE_URL: server.databaseUrl }
  const result = await rekey(['import', 'in.jsonl', ...args], { cwd: server.folder, environment, ...more })
  for (const [printed] of text.matchAll(/whsec_[^"]+/g))
    expect(result.stdout + result.stderr).not.toContain(printed.slice(6))
  return { ...result, report: JSON.parse(result.stdout || 'null') as Report }
}

async function keys(server: TestServer) {
  return (await server.api('GET', `${webhook}/secret`)).body
}

test('creates an application and a webhook whose signatures verify with the imported secret', async () => {
  const server = await startServer()
  const { code, report, stderr } = await runImport(server, [
    { ...hook, description: 'orders', signingSecret: secret(1) },
  ])
  expect([code, report, stderr]).toEqual([0, { ...nothing, created: 1 }, ''])
  expect((await server.api('GET', webhook)).body).toMatchObject({
    url: hook.url,
    description: 'orders',
    liveKeys: 1,
  })
  const { Webhook } = await import('standardwebhooks')
  const { body } = await server.api('POST', `${webhook}/signatures`, { body: { payload: '{"a":1}' } })
  expect(new Webhook(secret(1)).verify('{"a":1}', { ...body.headers })).toEqual({ a: 1 })
  const events = (await server.api('GET', `${webhook}/events`)).body.items
  expect(events.map(({ type, actor }) => [type, actor])).toEqual([
    ['secret.rotated', 'rekey import'],
    ['webhook.created', 'rekey import'],
  ])
})

test('previous secrets stay live until the times given in the line', async () => {
  const server = await startServer()
  const previous = [
    { signingSecret: secret(2), expiresAt: inHours(48) },
    { signingSecret: secret(3), expiresAt: inHours(1) },
  ]
  await runImport(server, [{ ...hook, signingSecret: secret(1), previous }])
  const state = await keys(server)
  expect(state.previous.map(({ expiresAt }) => expiresAt)).toEqual(previous.map(({ expiresAt }) => expiresAt))
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(3)
  const { code } = await rekey(['audit', 'verify'], {
    cwd: server.folder,
    environment: { ...exampleEnvironment, DATABASE_URL: server.databaseUrl },
  })
  expect(code).toBe(0)
})

test('a second import of the same file changes nothing', async () => {
  const server = await startServer()
  const lines = [
    { ...hook, signingSecret: secret(1), previous: [{ signingSecret: secret(2), expiresAt: inHours(1) }] },
    { ...hook, webhookId: 'hook_2', signatureScheme: 'stripe', signingSecret: 'chosen-by-a-person' },
  ]
  const first = await runImport(server, lines)
  expect(first.report).toMatchObject({ created: 2, due: [{ applicationId: 'app_1', webhookId: 'hook_2' }] })
  const before = await keys(server)
  const second = await runImport(server, lines)
  expect([second.code, second.report]).toMatchObject([0, { created: 0, unchanged: 2 }])
  expect(await keys(server)).toEqual(before)
})

test('updates the URL and the description of an existing webhook, and keeps the properties that the line omits', async () => {
  const server = await startServer()
  await runImport(server, [{ ...hook, description: 'orders', signingSecret: secret(1) }])
  const { report } = await runImport(server, [
    { ...hook, url: 'https://new.example/', signingSecret: secret(1) },
  ])
  expect(report).toMatchObject({ updated: 1, unchanged: 0 })
  const { body } = await server.api('GET', webhook)
  expect(body).toMatchObject({ url: 'https://new.example/', description: 'orders', liveKeys: 1 })
})

test('gives an existing webhook without secrets its first secret', async () => {
  const server = await startServer()
  await server.api('PUT', '/applications/app_1', { body: {} })
  await server.api('PUT', webhook, { body: { url: hook.url } })
  expect((await runImport(server, [{ ...hook, signingSecret: secret(1) }])).report).toMatchObject({
    imported: 1,
  })
})

test('refuses a different current secret without --rotate, and an earlier secret even with it', async () => {
  const server = await startServer()
  await runImport(server, [{ ...hook, signingSecret: secret(1) }])
  const other = { ...hook, signingSecret: secret(2) }
  const refused = await runImport(server, [other])
  expect([refused.code, refused.report.refused]).toMatchObject([1, [{ line: 1, webhookId: 'hook_1' }]])
  expect(refused.report.refused[0]?.message).toContain('add --rotate to replace it')

  const rotated = await runImport(server, [other], ['--rotate', '--overlap', '1h'])
  expect([rotated.code, rotated.report]).toMatchObject([0, { rotated: 1 }])
  const state = await keys(server)
  const { current, previous } = state
  expect(present(current).createdBy).toBe('rekey import')
  expect(Date.parse(present(previous[0]?.expiresAt)) - Date.parse(present(current).createdAt)).toBe(3_600_000)

  const old = await runImport(server, [{ ...hook, signingSecret: secret(1) }], ['--rotate'])
  expect(old.report.refused[0]?.message).toContain('an old file must not bring back a secret')
  expect(await keys(server)).toEqual(state)
})

test('--dry-run reports what would happen, and changes nothing', async () => {
  const server = await startServer()
  await runImport(server, [{ ...hook, signingSecret: secret(1) }])
  const lines = [
    { ...hook, signingSecret: secret(2) },
    { ...hook, webhookId: 'hook_2', signingSecret: secret(3) },
  ]
  const { code, report } = await runImport(server, lines, ['--dry-run'])
  expect([code, report]).toMatchObject([1, { created: 1, refused: [{ line: 1 }] }])
  expect((await server.api('GET', '/applications/app_1/webhooks/hook_2')).status).toBe(404)
})

test('reports every fault with its line number, and imports nothing', async () => {
  const server = await startServer()
  const text = 'chosen-by-a-person'
  const lines = [
    { ...hook, webhookId: 'good', signingSecret: secret(1) },
    '{"applicationId": whsec_',
    { ...hook, webhookId: 'hook 1', signingSecret: secret(1), secrets: [] },
    '',
    { ...hook, signingSecret: text },
    { ...hook, webhookId: 'a', url: 'https://r.example/?key=' + secret(1), signingSecret: secret(1) },
    {
      ...hook,
      webhookId: 'b',
      signatureScheme: 'github',
      signingSecret: text,
      previous: [{ signingSecret: secret(1), expiresAt: inHours(1) }],
    },
    {
      ...hook,
      webhookId: 'c',
      signingSecret: secret(1),
      previous: [{ signingSecret: secret(2), expiresAt: inHours(169) }],
    },
    {
      ...hook,
      webhookId: 'd',
      signingSecret: secret(1),
      previous: [{ signingSecret: secret(1), expiresAt: inHours(1) }],
    },
    { ...hook, webhookId: 'good', signingSecret: secret(1) },
    {
      ...hook,
      webhookId: 'e',
      signatureScheme: 'stripe',
      signatureHeader: 'Content-Type',
      signingSecret: text,
    },
  ]
  const { code, stdout, stderr } = await runImport(server, lines)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).not.toContain(text)
  for (const fault of [
    'line 2: the line is not valid JSON',
    "line 3: webhookId must be 1 to 64 letters, digits, '_', '.' or '-', and not only dots; has an unknown property; allowed: applicationId,",
    'line 5: the scheme standard-webhooks takes only secrets that are whsec_ followed by the base64',
    'line 6: url must not contain a signing secret',
    'line 7: previous must be empty, because a message of github carries one signature',
    'line 8: previous[0].expiresAt must be within the next 7 days',
    'line 9: the same secret appears twice',
    'line 10: the webhook appears twice, first in line 1',
    'line 11: signatureHeader must not be Content-Type',
  ])
    expect(stderr).toContain(`\n  ${fault}`)
  expect((await server.api('GET', '/applications/app_1')).status).toBe(404)
})

test('a killed import can be run again, and then every webhook has its secret', async () => {
  const server = await startServer()
  const lines = Array.from({ length: 500 }, (_, i) => ({
    ...hook,
    webhookId: `hook_${i}`,
    signingSecret: `whsec_${Buffer.alloc(32, `${i} `).toString('base64')}`,
  }))
  const killed = await runImport(server, lines, [], {
    killWhen: async () => (await server.api('GET', '/applications/app_1/webhooks/hook_60')).status === 200,
  })
  expect(killed.code).toBeNull()
  const { code, report } = await runImport(server, lines)
  expect([code, report.created + report.unchanged, report.refused]).toEqual([0, 500, []])
  expect(report.unchanged).toBeGreaterThan(60)
  expect((await runImport(server, lines)).report).toMatchObject({ unchanged: 500 })
})

test('reads standard input, and warns if other users can read the file', async () => {
  const server = await startServer()
  const file = join(server.folder, 'open.jsonl')
  writeFileSync(file, JSON.stringify({ ...hook, signingSecret: secret(1) }), { mode: 0o644 })
  const environment = { ...exampleEnvironment, DATABASE_URL: server.databaseUrl }
  const options = { cwd: server.folder, environment }
  const { code, stderr } = await rekey(['import', 'open.jsonl'], options)
  expect([code, stderr]).toEqual([
    0,
    'other users can access open.jsonl, which contains secrets; set its mode to 600\n',
  ])
  const piped = await rekey(['import', '-'], { ...options, input: readFileSync(file, 'utf8') })
  expect([piped.code, JSON.parse(piped.stdout)]).toMatchObject([0, { unchanged: 1 }])
})

test.each([
  ['no file', []],
  ['two files', ['a', 'b']],
])('exits with 2 if the command line has %s', async (_, args) => {
  const { code, stderr } = await rekey(['import', ...args], { cwd: '.', environment: exampleEnvironment })
  expect([code, stderr]).toEqual([2, expect.stringContaining('pass the name of one file')])
})
