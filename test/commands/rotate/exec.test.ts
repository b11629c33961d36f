import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fingerprint, type SigningSecret } from '../../../src/domain/signing-secret.ts'
import { rekey, type CommandOptions } from '../../support/command.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { present } from '../../support/present.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'

interface Received {
  APPLICATION_ID: string
  WEBHOOK_ID: string
  KEY_ID: string
  secret: string
  names: string[]
}

/**
 * A command that appends what it receives to `received.jsonl`. It fails for the webhook in the file `fails`, after it
 * has printed the secret.
 */
const command = `
  const { appendFileSync, existsSync, readFileSync } = require('node:fs')
  const secret = readFileSync(0, 'utf8')
  const { APPLICATION_ID, WEBHOOK_ID, KEY_ID } = process.env
  if (existsSync('fails') && readFileSync('fails', 'utf8') === WEBHOOK_ID) {
    console.error('store is sealed; got ' + secret + ' or ' + secret.slice(6))
    process.exit(3)
  }
  const names = Object.keys(process.env)
  appendFileSync('received.jsonl', JSON.stringify({ APPLICATION_ID, WEBHOOK_ID, KEY_ID, secret, names }) + '\\n')`

async function fleet(count: number): Promise<TestServer> {
  const server = await startServer()
  for (let i = 0; i < count; i++) {
    const webhook = await provision(server, 'app_1', `hook_${i}`)
    await server.api('PATCH', `${webhook}/secret`)
  }
  writeFileSync(join(server.folder, 'command.cjs'), command)
  return server
}

function rotate(server: TestServer, args: string[], more: Partial<CommandOptions> = {}) {
  const { PATH = '' } = process.env
  const environment = { ...exampleEnvironment, DATABASE_URL: server.databaseUrl, PATH, OTHER: '1' }
  return rekey(['rotate', '--rate', '1000', ...args], { cwd: server.folder, environment, ...more })
}

const deliver = ['--all', '--output', 'out.jsonl', '--exec', `${process.execPath} command.cjs`]

function received({ folder }: TestServer): Received[] {
  const text = readFileSync(join(folder, 'received.jsonl'), 'utf8')
  const lines = text.trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Received)
}

async function current(server: TestServer, webhookId: string) {
  const { body } = await server.api('GET', `/applications/app_1/webhooks/${webhookId}/secret`)
  return present(body.current)
}

test('passes each new secret to the command on its standard input, and writes none to the file', async () => {
  const server = await fleet(3)
  const { code, stdout, stderr } = await rotate(server, deliver)
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { rotated: 3, already: 0, failed: [] }])
  expect(stderr).toBe('writing progress to out.jsonl\n')
  const file = readFileSync(join(server.folder, 'out.jsonl'), 'utf8')
  expect(received(server)).toHaveLength(3)
  for (const { APPLICATION_ID, WEBHOOK_ID, KEY_ID, secret, names } of received(server)) {
    const { id, keyFingerprint } = await current(server, WEBHOOK_ID)
    expect([APPLICATION_ID, KEY_ID]).toEqual(['app_1', id])
    expect(fingerprint(secret as SigningSecret).short).toBe(keyFingerprint)
    expect(file + stdout).not.toContain(secret.slice(6))
    expect(names).toContain('OTHER')
    expect(names.filter((name) => /^(REKEY|DATABASE)_/.test(name))).toEqual([])
  }
})

test('if the command fails, both keys stay live, and a resumed run delivers the same secret', async () => {
  const server = await fleet(2)
  writeFileSync(join(server.folder, 'fails'), 'hook_1')
  const failing = await rotate(server, deliver)
  const { failed } = JSON.parse(failing.stdout) as { failed: { webhookId: string; message: string }[] }
  expect([failing.code, failed]).toMatchObject([1, [{ webhookId: 'hook_1' }]])
  expect(failed[0]?.message).toBe('the command exited with code 3: store is sealed; got [secret] or [secret]')
  expect(failing.stderr).toContain('rekey rotate --resume out.jsonl')
  expect((await server.api('GET', '/applications/app_1/webhooks/hook_1')).body.liveKeys).toBe(2)

  const { id } = await current(server, 'hook_1')
  writeFileSync(join(server.folder, 'fails'), '')
  const resumed = await rotate(server, ['--resume', 'out.jsonl'])
  expect([resumed.code, JSON.parse(resumed.stdout)]).toMatchObject([0, { rotated: 1, already: 1 }])
  expect(received(server).map(({ WEBHOOK_ID, KEY_ID }) => [WEBHOOK_ID, KEY_ID])).toContainEqual([
    'hook_1',
    id,
  ])
  expect((await current(server, 'hook_1')).id).toBe(id)
  const again = await rotate(server, ['--resume', 'out.jsonl'])
  expect([JSON.parse(again.stdout), received(server)]).toMatchObject([
    { rotated: 0, already: 2 },
    { length: 2 },
  ])
})

test('does not deliver a secret that has been replaced since', async () => {
  const server = await fleet(1)
  writeFileSync(join(server.folder, 'fails'), 'hook_0')
  await rotate(server, deliver)
  await server.api('PATCH', '/applications/app_1/webhooks/hook_0/secret')
  writeFileSync(join(server.folder, 'fails'), '')
  const { code, stdout } = await rotate(server, ['--resume', 'out.jsonl'])
  expect(code).toBe(1)
  expect(stdout).toContain('the webhook was rotated again before the secret of')
  expect(existsSync(join(server.folder, 'received.jsonl'))).toBe(false)
})

test('a run that is killed again and again delivers the current secret of every webhook', async () => {
  const server = await fleet(6)
  const file = join(server.folder, 'out.jsonl')
  const size = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length : 0)
  let args = ['--all', '--rate', '0', '--output', 'out.jsonl', '--exec', `${process.execPath} command.cjs`]
  for (const lines of [2, 3, 8, 10]) {
    await rotate(server, args, { killWhen: () => size() >= lines })
    args = ['--resume', 'out.jsonl']
  }
  expect((await rotate(server, args)).code).toBe(0)
  const last = new Map(received(server).map(({ WEBHOOK_ID, KEY_ID }) => [WEBHOOK_ID, KEY_ID]))
  for (let i = 0; i < 6; i++) expect(last.get(`hook_${i}`)).toBe((await current(server, `hook_${i}`)).id)
})

test('ends a command that exceeds its time limit', async () => {
  const server = await fleet(1)
  const args = ['--all', '--exec-timeout', '1s', '--shell', '--exec', 'cat >/dev/null; sleep 60']
  const { code, stdout } = await rotate(server, args)
  expect(code).toBe(1)
  expect(stdout).toContain('the command did not end within 1 s')
})

test.each([
  ['an overlap of 0', ['--exec', 'cat', '--overlap', '0'], '--exec needs an overlap'],
  ['shell syntax without --shell', ['--exec', 'cat > "$WEBHOOK_ID"'], 'add --shell'],
  ['an empty command', ['--exec', ' '], '--exec must not be empty'],
  ['--shell without --exec', ['--shell'], '--shell and --exec-timeout require --exec'],
])('rejects %s, and rotates nothing', async (_, args, message) => {
  const server = await fleet(1)
  const { id } = await current(server, 'hook_0')
  const { code, stderr } = await rotate(server, ['--all', ...args])
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  expect((await current(server, 'hook_0')).id).toBe(id)
})

test('rejects --exec if REKEY_OVERLAP_SECONDS is 0 and --overlap is not given', async () => {
  const server = await fleet(1)
  const environment = { ...exampleEnvironment, DATABASE_URL: server.databaseUrl, REKEY_OVERLAP_SECONDS: '0' }
  const { code, stderr } = await rotate(server, ['--all', '--exec', 'cat'], { environment })
  expect([code, stderr]).toEqual([2, expect.stringContaining('REKEY_OVERLAP_SECONDS is 0, so add --overlap')])
})
