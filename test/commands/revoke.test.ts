import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { rekey } from '../support/command.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

/** Starts a server with webhooks that were rotated this many times. */
async function fleet(rotations: Record<string, number>): Promise<TestServer> {
  const server = await startServer()
  for (const [id, count] of Object.entries(rotations)) {
    const webhook = await provision(server, 'app_1', id)
    for (let i = 0; i < count; i++) await server.api('PATCH', `${webhook}/secret`)
  }
  return server
}

function revoke(server: TestServer, ...args: string[]) {
  return revokeWith({}, server, ...args)
}

function revokeWith(variables: Environment, server: TestServer, ...args: string[]) {
  const environment = { ...exampleEnvironment, ...variables, DATABASE_URL: server.databaseUrl }
  return rekey(['revoke', ...args], { cwd: server.folder, environment })
}

async function liveKeys(server: TestServer, id: string): Promise<number> {
  return (await server.api('GET', `/applications/app_1/webhooks/${id}`)).body.liveKeys
}

test('ends every selected overlap, keeps current keys, and records the command in the audit trail', async () => {
  const server = await fleet({ two: 2, three: 3, one: 1, none: 0 })
  const report = { withoutSecret: [{ applicationId: 'app_1', webhookId: 'none' }], failed: [] }
  const first = await revoke(server, '--all')
  expect([first.code, JSON.parse(first.stdout)]).toEqual([0, { ended: 2, withoutOverlap: 1, ...report }])
  for (const id of ['one', 'two', 'three']) expect(await liveKeys(server, id)).toBe(1)
  const { body } = await server.api('GET', '/applications/app_1/webhooks/three/events')
  expect(body.items[0]).toMatchObject({
    type: 'secret.previous_revoked',
    actor: 'rekey revoke',
    requestId: null,
  })

  const again = await revoke(server, '--all')
  expect([again.code, JSON.parse(again.stdout)]).toEqual([0, { ended: 0, withoutOverlap: 3, ...report }])
})

test("counts the overlaps that it ended even if this machine's clock is ahead of the database's", async () => {
  const server = await fleet({ two: 2, one: 1 })
  const skewedClock = join(import.meta.dirname, '../support/skewed-clock.ts')
  const variables = { NODE_OPTIONS: `--import ${skewedClock}`, CLOCK_SKEW_MS: '1800000' }
  const { stdout } = await revokeWith(variables, server, '--all')
  expect(JSON.parse(stdout)).toMatchObject({ ended: 1, withoutOverlap: 1 })
})

test('--dry-run lists the overlaps that would end, and ends none', async () => {
  const server = await fleet({ two: 2, one: 1 })
  const { code, stdout, stderr } = await revoke(server, '--application', 'app_1', '--dry-run')
  expect([code, JSON.parse(stdout), stderr]).toMatchObject([
    0,
    { webhookId: 'two', liveKeys: 2 },
    'would end 1 overlaps\n',
  ])
  expect(await liveKeys(server, 'two')).toBe(2)
})

test('ends only the overlap of the named webhook', async () => {
  const server = await fleet({ leaked: 2, other: 2 })
  expect((await revoke(server, '--application', 'app_1', '--webhook', 'leaked')).code).toBe(0)
  expect([await liveKeys(server, 'leaked'), await liveKeys(server, 'other')]).toEqual([1, 2])
})
