import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rekey } from '../../support/command.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'

async function fleet(): Promise<TestServer> {
  const server = await startServer()
  for (const hook of ['hook_1', 'hook_2'])
    await server.api('PATCH', `${await provision(server, 'app_1', hook)}/secret`)
  return server
}

function rotate(server: TestServer, args: string[], more = {}) {
  const environment = { ...exampleEnvironment, DATABASE_URL: server.databaseUrl, ...more }
  return rekey(['rotate', ...args], { cwd: server.folder, environment })
}

async function endsWhenProven(server: TestServer, hook: string) {
  return (await server.api('GET', `/applications/app_1/webhooks/${hook}/secret`)).body.overlap?.endWhenProven
}

test('--end-when-proven starts self-ending overlaps, and --resume keeps the option', async () => {
  const server = await fleet()
  const one = ['--application', 'app_1', '--webhook', 'hook_1']
  expect((await rotate(server, [...one, '--end-when-proven', '--output', 'out.jsonl'])).code).toBe(0)
  expect(await endsWhenProven(server, 'hook_1')).toBe(true)
  const [policy = ''] = readFileSync(join(server.folder, 'out.jsonl'), 'utf8').split('\n')
  // The file of a run that was interrupted before it rotated anything.
  const interrupted = `${policy.replace('hook_1', 'hook_2')}\n`
  writeFileSync(join(server.folder, 'interrupted.jsonl'), interrupted, { mode: 0o600 })
  expect((await rotate(server, ['--resume', 'interrupted.jsonl'])).code).toBe(0)
  expect(await endsWhenProven(server, 'hook_2')).toBe(true)
})

test('resumes a file of a version without --end-when-proven, and starts no self-ending overlaps', async () => {
  const server = await fleet()
  const run = { applications: '*', webhooks: '*', createdBefore: null, overlapSeconds: 60, reason: null }
  const policy = JSON.stringify({ run: { ...run, exec: null, rate: 0 } })
  writeFileSync(join(server.folder, 'old.jsonl'), `${policy}\n`, { mode: 0o600 })
  expect((await rotate(server, ['--resume', 'old.jsonl'])).code).toBe(0)
  expect(await endsWhenProven(server, 'hook_1')).toBe(false)
})

test('--exec delivers the secret of a self-ending overlap', async () => {
  const server = await fleet()
  const args = ['--all', '--end-when-proven', '--exec', 'true', '--output', 'out.jsonl']
  expect((await rotate(server, args, { PATH: process.env['PATH'] })).code).toBe(0)
  expect(await endsWhenProven(server, 'hook_1')).toBe(true)
})

test.each([
  [['--overlap', '0'], {}, '--end-when-proven needs an overlap'],
  [[], { REKEY_OVERLAP_SECONDS: '0' }, 'REKEY_OVERLAP_SECONDS is 0, so add --overlap'],
])('rejects --end-when-proven without an overlap (%j %j)', async (args, environment, message) => {
  const server = await fleet()
  const { code, stderr } = await rotate(server, ['--all', '--end-when-proven', ...args], environment)
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  expect(await endsWhenProven(server, 'hook_1')).toBeUndefined()
})
