import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rekey, type CommandOptions } from '../support/command.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { present } from '../support/present.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

interface Line {
  applicationId: string
  webhookId: string
  keyId: string
  keyFingerprint: string
  signingSecret: string
  rotatedAt: string
}

/** The JSON that a run prints on standard output. */
interface Summary {
  file: string
  rotated: number
  already: number
  failed: { message: string }[]
}

/** The secrets-file line of a run that stopped before it committed the rotation of `app_1/hook_00`. */
const uncommitted: Line = {
  applicationId: 'app_1',
  webhookId: 'hook_00',
  keyId: `key_${'A'.repeat(22)}`,
  keyFingerprint: 'whsec_****f214',
  signingSecret: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
  rotatedAt: '2026-01-01T00:00:00.000Z',
}

function leaveFile(server: TestServer, line: object): void {
  writeFileSync(join(server.folder, 'out.jsonl'), `${JSON.stringify(line)}\n`, { mode: 0o600 })
}

type Fleet = [WebhookPath, ...WebhookPath[]]

async function fleet(server: TestServer, applicationId: string, count: number): Promise<Fleet> {
  const addRotated = async (i: number) => {
    const hook = await provision(server, applicationId, `hook_${String(i).padStart(2, '0')}`)
    await server.api('PATCH', `${hook}/secret`)
    return hook
  }
  const hooks: Fleet = [await addRotated(0)]
  for (let i = 1; i < count; i++) hooks.push(await addRotated(i))
  return hooks
}

function rotate(server: TestServer, args: string[], more: Partial<CommandOptions> = {}) {
  const environment = { ...exampleEnvironment, DATABASE_URL: server.databaseUrl }
  return rekey(['rotate', '--rate', '1000', ...args], {
    cwd: server.folder,
    environment,
    ...more,
  })
}

/** Reads the file's secrets, sorted by webhook: rotations run concurrently, so the file's own order varies. */
function lines(server: TestServer, file = 'out.jsonl'): Line[] {
  const text = readFileSync(join(server.folder, file), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('{"run":'))
    .map((line) => JSON.parse(line) as Line)
    .sort((a, b) => (a.webhookId < b.webhookId ? -1 : 1))
}

async function fingerprints(server: TestServer, hooks: WebhookPath[]): Promise<string[]> {
  const answers = await Promise.all(hooks.map((hook) => server.api('GET', hook)))
  return answers.map(({ body }) => present(body.keyFingerprint))
}

async function keyIds(server: TestServer, hooks: WebhookPath[]): Promise<string[]> {
  const answers = await Promise.all(hooks.map((hook) => server.api('GET', `${hook}/secret`)))
  return answers.map(({ body }) => present(body.current).id)
}

test('rotates every secret of an application, and writes the new secrets only to a file with mode 600', async () => {
  const server = await startServer()
  const hooks = await fleet(server, 'app_1', 3)
  const other = await fleet(server, 'app_2', 1)
  await provision(server, 'app_1', 'never_rotated')
  const untouched = await fingerprints(server, other)

  const args = ['--application', 'app_1', '--overlap', '0', '--reason', 'leak']
  const { code, stdout, stderr } = await rotate(server, args)
  const { file, ...counts } = JSON.parse(stdout) as Summary
  const withoutSecret = [{ applicationId: 'app_1', webhookId: 'never_rotated' }]
  expect([code, counts]).toEqual([0, { rotated: 3, already: 0, withoutSecret, failed: [] }])
  expect(statSync(join(server.folder, file)).mode & 0o777).toBe(0o600)
  const written = lines(server, file)
  expect(written.map(({ keyFingerprint }) => keyFingerprint)).toEqual(await fingerprints(server, hooks))
  for (const { signingSecret } of written) expect(stdout + stderr).not.toContain(signingSecret)

  const state = await server.api('GET', `${hooks[0]}/secret`)
  expect(state.body.current).toMatchObject({ createdBy: 'rekey rotate', reason: 'leak' })
  expect(state.body.previous).toMatchObject([{ state: 'revoked' }])
  expect(await fingerprints(server, other)).toEqual(untouched)
  const events = await server.api('GET', `${hooks[0]}/events`)
  expect(events.body.items[0]).toMatchObject({
    type: 'secret.rotated',
    actor: 'rekey rotate',
    requestId: null,
  })
})

test("the secrets in the output file verify the server's signatures", async () => {
  const server = await startServer()
  const [hook] = await fleet(server, 'app_1', 1)
  await rotate(server, ['--all', '--output', 'out.jsonl'])
  const { Webhook } = await import('standardwebhooks')
  const { body } = await server.api('POST', `${hook}/signatures`, { body: { payload: '{"a":1}' } })
  expect(new Webhook(lines(server)[0]?.signingSecret ?? '').verify('{"a":1}', body.headers)).toEqual({ a: 1 })
})

test('--webhook and --older-than select webhooks, and --dry-run lists them without rotating', async () => {
  const server = await startServer()
  const hooks = await fleet(server, 'app_1', 3)
  const before = await fingerprints(server, hooks)
  const dry = async (...args: string[]) => {
    const { stdout } = await rotate(server, ['--application', 'app_1', '--dry-run', ...args])
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { webhookId: string }).webhookId)
  }
  expect(await dry()).toEqual(['hook_00', 'hook_01', 'hook_02'])
  expect(await dry('--webhook', 'hook_01')).toEqual(['hook_01'])
  expect(await dry('--older-than', '1h')).toEqual([])
  expect(await dry('--older-than', '0m')).toHaveLength(3)
  expect(await fingerprints(server, hooks)).toEqual(before)
  expect(readdirSync(server.folder).filter((name) => name.endsWith('.jsonl'))).toEqual([])
})

test('rejects --dry-run together with --output or --resume', async () => {
  const server = await startServer()
  await fleet(server, 'app_1', 1)
  for (const option of ['--output', '--resume']) {
    const { code, stdout, stderr } = await rotate(server, ['--all', '--dry-run', option, 'out.jsonl'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('--dry-run writes no secrets')
  }
})

test("prints the secrets file's path on standard error, and rotates nothing if the file cannot be created", async () => {
  const server = await startServer()
  const [hook] = await fleet(server, 'app_1', 1)
  const before = await fingerprints(server, [hook])
  const impossible = await rotate(server, ['--all', '--output', 'no/such/folder.jsonl'])
  expect([impossible.code, impossible.stdout]).toEqual([1, ''])
  expect(impossible.stderr).toContain('choose another with --output')
  expect(await fingerprints(server, [hook])).toEqual(before)
  const { stderr } = await rotate(server, ['--all', '--output', 'out.jsonl'])
  expect(stderr).toBe('writing secrets to out.jsonl\n')
})

test('fails and rotates nothing if a --webhook ID does not exist in the application', async () => {
  const server = await startServer()
  const hooks = await fleet(server, 'app_1', 2)
  await provision(server, 'app_2', 'hook_of_another')
  const before = await fingerprints(server, hooks)
  for (const [id, ...more] of [
    ['typo'],
    ['hook_0', '--dry-run'],
    ['HOOK_00', '--older-than', '1h'],
    ['hook_of_another', '--dry-run'],
    [''],
  ] as const) {
    const args = ['--application', 'app_1', '--webhook', 'hook_00', '--webhook', id, '--webhook', 'hook_01']
    const { code, stdout, stderr } = await rotate(server, [...args, ...more])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`application app_1 has no webhook ${id}`)
  }
  expect(await fingerprints(server, hooks)).toEqual(before)
  expect(readdirSync(server.folder).filter((name) => name.endsWith('.jsonl'))).toEqual([])
})

test('skips and reports a webhook that has no secret yet', async () => {
  const server = await startServer()
  await fleet(server, 'app_1', 1)
  const never = await provision(server, 'app_1', 'never_rotated')
  const args = ['--application', 'app_1', '--webhook', 'never_rotated', '--webhook', 'hook_00']
  const dry = await rotate(server, [...args, '--dry-run'])
  expect([dry.code, JSON.parse(dry.stdout)]).toMatchObject([0, { webhookId: 'hook_00' }])
  expect(dry.stderr).toContain('no secret yet: webhook never_rotated in application app_1')
  expect(dry.stderr).toContain('would rotate 1, would skip 1')

  const { code, stdout } = await rotate(server, args)
  const withoutSecret = [{ applicationId: 'app_1', webhookId: 'never_rotated' }]
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { rotated: 1, withoutSecret, failed: [] }])
  expect((await server.api('GET', never)).body.keyFingerprint).toBeNull()
})

/** Starts a run of 12 webhooks at 20 a second, and kills it while it is in progress. */
async function killedRun(args: string[]) {
  const server = await startServer()
  const hooks = await fleet(server, 'app_1', 12)
  const file = join(server.folder, 'out.jsonl')
  const killed = await rotate(
    server,
    ['--application', 'app_1', '--rate', '20', '--output', 'out.jsonl', ...args],
    {
      killWhen: () => existsSync(file) && readFileSync(file, 'utf8').split('\n').length > 5,
    },
  )
  expect(killed.code).toBeNull()
  return { server, hooks, file }
}

test('resumes a killed run without rotating a webhook twice or losing a live secret', async () => {
  const { server, hooks, file } = await killedRun([])
  // Simulates the worst case, in which the run wrote only part of a line.
  appendFileSync(file, '{"applicationId":"app_1","webhookId":"hook_11","signingSe')
  const { code, stdout } = await rotate(server, ['--resume', 'out.jsonl'])
  const { rotated, already, failed } = JSON.parse(stdout) as Summary
  expect([code, rotated + already, failed]).toEqual([0, 12, []])
  expect(already).toBeGreaterThanOrEqual(3)

  const written = lines(server)
  expect(new Set(written.map(({ webhookId }) => webhookId)).size).toBe(12)
  expect(written.map(({ keyFingerprint }) => keyFingerprint)).toEqual(await fingerprints(server, hooks))
  expect(written.map(({ keyId }) => keyId)).toEqual(await keyIds(server, hooks))
  for (const hook of hooks) expect((await server.api('GET', hook)).body.liveKeys).toBe(2)
})

test('a resumed run keeps its options, and rejects others except --rate', async () => {
  const { server, hooks } = await killedRun(['--overlap', '1h', '--reason', 'leak', '--older-than', '0m'])
  const options = ['--overlap', '0', '--all']
  const refused = await rotate(server, ['--resume', 'out.jsonl', ...options])
  expect([refused.code, refused.stdout]).toEqual([2, ''])
  expect(refused.stderr).toContain(
    '--resume continues with the options in out.jsonl; remove --overlap, --all',
  )
  expect((await rotate(server, ['--resume', 'out.jsonl'])).code).toBe(0)
  for (const hook of hooks) {
    const { current, previous } = (await server.api('GET', `${hook}/secret`)).body
    expect(current).toMatchObject({ createdBy: 'rekey rotate', reason: 'leak' })
    const overlap = Date.parse(present(previous[0]?.expiresAt)) - Date.parse(present(current).createdAt)
    expect(overlap).toBe(3_600_000)
  }
})

test('an interrupted run finishes what it began, and prints the command that continues it', async () => {
  const server = await startServer()
  const hooks = await fleet(server, 'app_1', 12)
  const file = join(server.folder, 'out.jsonl')
  const { code, stdout, stderr } = await rotate(server, ['--all', '--rate', '20', '--output', 'out.jsonl'], {
    killWhen: () => existsSync(file) && readFileSync(file, 'utf8').split('\n').length > 5,
    signal: 'SIGINT',
  })
  const { rotated, remaining } = JSON.parse(stdout) as Summary & { remaining: number }
  expect([code, rotated + remaining]).toEqual([1, 12])
  expect(stderr).toContain(`${remaining} webhooks remain. Continue with: rekey rotate --resume out.jsonl`)
  expect(lines(server).map(({ keyFingerprint }) => keyFingerprint)).toEqual(
    (await fingerprints(server, hooks)).slice(0, rotated),
  )
})

test('a file of version 0.1.0 can be resumed with the options on the command line', async () => {
  const server = await startServer()
  await fleet(server, 'app_1', 1)
  leaveFile(server, uncommitted)
  const alone = await rotate(server, ['--resume', 'out.jsonl'])
  expect([alone.code, alone.stdout]).toEqual([2, ''])
  expect(alone.stderr).toContain('out.jsonl does not contain the options of its run')
  const { stdout } = await rotate(server, ['--resume', 'out.jsonl', '--all'])
  expect(JSON.parse(stdout)).toMatchObject({ rotated: 1 })
})

test('with --rate 0, rotations share commits, and the file has every new secret once', async () => {
  const server = await startServer()
  const hooks = await fleet(server, 'app_1', 40)
  const { stdout } = await rotate(server, ['--all', '--rate', '0', '--output', 'out.jsonl'])
  expect(JSON.parse(stdout)).toMatchObject({ rotated: 40, already: 0, failed: [] })
  const written = lines(server)
  expect(written.map(({ keyFingerprint }) => keyFingerprint)).toEqual(await fingerprints(server, hooks))
})

test('a resumed run activates a secret that was written to the file but not committed, and never reactivates a revoked one', async () => {
  const server = await startServer()
  const [hook] = await fleet(server, 'app_1', 1)
  leaveFile(server, uncommitted)
  const args = ['--application', 'app_1', '--resume', 'out.jsonl']
  expect(JSON.parse((await rotate(server, args)).stdout)).toMatchObject({ rotated: 1, already: 0 })
  const message = { payload: '{}', messageId: 'm', timestamp: 1 }
  const { body } = await server.api('POST', `${hook}/signatures`, { body: message })
  const { createHmac } = await import('node:crypto')
  const expected = createHmac('sha256', Buffer.alloc(32, 9)).update('m.1.{}').digest('base64')
  expect(body.headers['webhook-signature']).toContain(`v1,${expected} `)

  // These rotations revoke the activated key. Another resumed run must not make the key's secret live again.
  for (let i = 0; i < 2; i++) await server.api('PATCH', `${hook}/secret`, { body: { overlapSeconds: 0 } })
  expect(JSON.parse((await rotate(server, args)).stdout)).toMatchObject({ rotated: 0, already: 1 })
})

test("a resumed run keeps an uncommitted secret's line and issues the key with the line's keyId", async () => {
  const server = await startServer()
  const hooks = await fleet(server, 'app_1', 1)
  const [hook] = hooks
  leaveFile(server, uncommitted)
  const begun = Date.now()
  await rotate(server, ['--all', '--resume', 'out.jsonl'])
  expect(lines(server)).toEqual([uncommitted])
  const { current } = (await server.api('GET', `${hook}/secret`)).body
  expect(current).toMatchObject({ id: uncommitted.keyId, keyFingerprint: uncommitted.keyFingerprint })
  // createdAt is the time when the key starts to sign, so it is later than the line's rotatedAt.
  expect(Date.parse(present(current).createdAt)).toBeGreaterThanOrEqual(begun)
  const headers = { 'if-match': `"${uncommitted.keyId}"` }
  expect((await server.api('PATCH', `${hook}/secret`, { headers })).status).toBe(200)
})

test.each([
  ['no keyId', { ...uncommitted, keyId: undefined }],
  ['a malformed keyId', { ...uncommitted, keyId: 'key_1' }],
  ['no secret', { ...uncommitted, signingSecret: undefined }],
])('refuses to resume a file that has a line with %s', async (_, line) => {
  const server = await startServer()
  const hooks = await fleet(server, 'app_1', 1)
  const before = await fingerprints(server, hooks)
  leaveFile(server, line)
  const { code, stderr } = await rotate(server, ['--all', '--resume', 'out.jsonl'])
  expect([code, stderr]).toEqual([1, expect.stringContaining('is not a valid secrets file')])
  expect(stderr).not.toContain(uncommitted.signingSecret)
  expect(await fingerprints(server, hooks)).toEqual(before)
})

test('reports a webhook that cannot be rotated, rotates the others, and exits with 1', async () => {
  const server = await startServer()
  const [hook] = await fleet(server, 'app_1', 2)
  for (let i = 0; i < 9; i++) await server.api('PATCH', `${hook}/secret`)
  const { code, stdout } = await rotate(server, ['--all'])
  const { rotated, failed } = JSON.parse(stdout) as Summary
  expect([code, rotated]).toEqual([1, 1])
  expect(failed).toMatchObject([{ applicationId: 'app_1', webhookId: 'hook_00' }])
  expect(failed[0]?.message).toContain('10 live keys')
})

test('rotates nothing if the output file exists, the resume file is missing or readable by others, or the application is unknown', async () => {
  const server = await startServer()
  const hooks = await fleet(server, 'app_1', 1)
  const before = await fingerprints(server, hooks)
  const file = join(server.folder, 'out.jsonl')
  writeFileSync(file, '')
  chmodSync(file, 0o644)
  for (const [args, text] of [
    [['--all', '--output', 'out.jsonl'], 'EEXIST'],
    [['--all', '--resume', 'out.jsonl'], 'other users can access out.jsonl'],
    [['--all', '--resume', 'none.jsonl'], 'ENOENT'],
    [['--application', 'none'], 'application none does not exist'],
  ] as const) {
    const { code, stderr } = await rotate(server, [...args])
    expect([code, stderr]).toEqual([1, expect.stringContaining(text)])
  }
  expect(await fingerprints(server, hooks)).toEqual(before)
})
