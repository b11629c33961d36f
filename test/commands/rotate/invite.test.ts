import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rekey, type CommandOptions } from '../../support/command.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { invitationOf, rotateWith } from '../../support/invitations.ts'
import { events } from '../../support/probes.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'

interface Line {
  applicationId: string
  webhookId: string
  invitationId: string
  url: string
  expiresAt: string
}

const publicUrl = 'https://platform.example/rekey'

async function fleet(count: number): Promise<TestServer> {
  const server = await startServer()
  for (let i = 0; i < count; i++) {
    const webhook = await provision(server, 'app_1', `hook_${i}`)
    await server.api('PATCH', `${webhook}/secret`)
  }
  return server
}

function inviteAll(server: TestServer, args: string[], environment: CommandOptions['environment'] = {}) {
  return rekey(['rotate', '--invite', ...args], {
    cwd: server.folder,
    environment: {
      ...exampleEnvironment,
      DATABASE_URL: server.databaseUrl,
      REKEY_PUBLIC_URL: publicUrl,
      ...environment,
    },
  })
}

function linesOf(server: TestServer, file = 'out.jsonl'): Line[] {
  const [, ...lines] = readFileSync(join(server.folder, file), 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Line)
}

const tokenOf = ({ url }: Line) => new URL(url).hash.slice(1)

test('rekey rotate --invite writes a link for each webhook that has a secret, and rotates nothing', async () => {
  const server = await fleet(3)
  await provision(server, 'app_1', 'without')
  const args = [
    '--all',
    '--expires-in',
    '1d',
    '--overlap',
    '10m',
    '--reason',
    'leaked',
    '--output',
    'out.jsonl',
  ]
  const { code, stdout, stderr } = await inviteAll(server, args)
  expect({ code, report: JSON.parse(stdout) as unknown }).toEqual({
    code: 0,
    report: {
      file: 'out.jsonl',
      invited: 3,
      already: 0,
      withoutSecret: [{ applicationId: 'app_1', webhookId: 'without' }],
      failed: [],
    },
  })
  expect(stdout + stderr).not.toContain('rki_')
  if (process.platform !== 'win32')
    expect(statSync(join(server.folder, 'out.jsonl')).mode & 0o777).toBe(0o600)
  const lines = linesOf(server)
  expect(lines.map(({ webhookId }) => webhookId).sort()).toEqual(['hook_0', 'hook_1', 'hook_2'])
  for (const line of lines) {
    const webhook = `/applications/app_1/webhooks/${line.webhookId}` as const
    expect(line.url).toMatch(/^https:\/\/platform\.example\/rekey\/rotate#rki_[\w-]{43}$/)
    expect((await server.api('GET', webhook)).body.liveKeys).toBe(1)
    const { body } = await invitationOf(server, tokenOf(line))
    expect(body).toMatchObject({ id: line.invitationId, overlapSeconds: 600, expiresAt: line.expiresAt })
    expect(Math.round((Date.parse(line.expiresAt) - Date.now()) / 3_600_000)).toBe(24)
    expect((await rotateWith(server, webhook, tokenOf(line))).status).toBe(200)
    expect((await events(server, webhook))[0]).toMatchObject({
      actor: `invitation ${line.invitationId} by rekey rotate --invite`,
      reason: 'leaked',
    })
  }
})

test('--resume creates the links that the file lacks, with the options of the original run', async () => {
  const server = await fleet(3)
  const args = [
    ...['--application', 'app_1', '--overlap', '10m', '--end-when-proven'],
    ...['--output', 'out.jsonl'],
  ]
  await inviteAll(server, args)
  const file = join(server.folder, 'out.jsonl')
  const [run, first] = readFileSync(file, 'utf8').split('\n')
  // As a killed run leaves it: the second line is incomplete.
  writeFileSync(file, `${run}\n${first}\n{"applicationId":"app_1","webhookId":"hook_`)
  const { code, stdout } = await inviteAll(server, ['--resume', 'out.jsonl'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ invited: 2, already: 1, failed: [] })
  const lines = linesOf(server)
  expect(lines.map(({ webhookId }) => webhookId).sort()).toEqual(['hook_0', 'hook_1', 'hook_2'])
  for (const line of lines)
    expect((await invitationOf(server, tokenOf(line))).body).toMatchObject({
      state: 'open',
      overlapSeconds: 600,
      endWhenProven: true,
    })

  expect((await inviteAll(server, ['--resume', 'out.jsonl', '--overlap', '1h'])).stderr).toContain(
    '--resume continues with the options in out.jsonl; remove --overlap',
  )
  writeFileSync(join(server.folder, 'other.jsonl'), '{"run":{}}\n', { mode: 0o600 })
  expect((await inviteAll(server, ['--resume', 'other.jsonl'])).stderr).toContain('is not a valid links file')
})

test('in production without REKEY_PUBLIC_URL, creates nothing and names the variable in the error', async () => {
  const server = await fleet(1)
  const production = { NODE_ENV: 'production', REKEY_PUBLIC_URL: '' }
  const { code, stderr } = await inviteAll(server, ['--all', '--output', 'out.jsonl'], production)
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('set REKEY_PUBLIC_URL') })
  expect(existsSync(join(server.folder, 'out.jsonl'))).toBe(false)
})

test('outside production, the links begin with the address on which a server with these settings listens', async () => {
  const server = await fleet(1)
  const development = { REKEY_PUBLIC_URL: '', PORT: '8099' }
  expect((await inviteAll(server, ['--all', '--output', 'out.jsonl'], development)).code).toBe(0)
  expect(linesOf(server)[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:8099\/rotate#rki_/)
})

test('an unknown webhook leaves no file behind, and --dry-run only lists the webhooks', async () => {
  const server = await fleet(2)
  const missing = await inviteAll(server, [
    '--application',
    'app_1',
    '--webhook',
    'nope',
    '--output',
    'out.jsonl',
  ])
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('has no webhook nope') })
  const listed = await inviteAll(server, ['--all', '--dry-run'])
  expect(listed).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('would invite for 2, would skip 0'),
  })
  expect(readdirSync(server.folder).filter((name) => name.endsWith('.jsonl'))).toEqual([])
  expect(
    (await server.api('GET', '/applications/app_1/webhooks/hook_0/secret/invitations')).body.items,
  ).toEqual([])
})

test('reports a webhook that has too many open invitations, and creates links for the others', async () => {
  const server = await fleet(2)
  const path = '/applications/app_1/webhooks/hook_0/secret/invitations'
  for (let i = 0; i < 20; i++) await server.api('POST', path, { body: { expiresInSeconds: 300 } })
  const { code, stdout, stderr } = await inviteAll(server, ['--all', '--output', 'out.jsonl'])
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    invited: 1,
    failed: [{ webhookId: 'hook_0', message: expect.stringContaining('20 open invitations') }],
  })
  expect(stderr).toContain('Try them again with: rekey rotate --invite --resume out.jsonl')
  expect(linesOf(server).map(({ webhookId }) => webhookId)).toEqual(['hook_1'])
})

test.each([
  [['--expires-in', '1d'], '--expires-in requires --invite'],
  [['--invite', '--exec', 'true'], '--invite and --exec are mutually exclusive'],
  [['--invite', '--overlap', '0'], '--invite needs an overlap of at least 5m'],
  [['--invite', '--overlap', '299'], '--invite needs an overlap of at least 5m'],
  [
    ['--invite', '--expires-in', '8d'],
    '--expires-in must be a duration such as 90d, 12h, 30m or 45s, from 5m to 7d',
  ],
  [['--invite', '--expires-in', '299s'], 'from 5m to 7d'],
])('rejects rekey rotate --all %j', async (args, message) => {
  const server = await fleet(0)
  const { code, stderr } = await rekey(['rotate', '--all', ...args], {
    cwd: server.folder,
    environment: { ...exampleEnvironment, DATABASE_URL: server.databaseUrl },
  })
  expect({ code, stderr }).toEqual({ code: expect.any(Number), stderr: expect.stringContaining(message) })
  expect(code).not.toBe(0)
})
