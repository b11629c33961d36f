import { expect, test } from 'vitest'
import { rekey } from '../support/command.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { startReceiver, verifiedWith } from '../support/receivers.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

interface Report {
  proven: number
  notProven: Record<string, { webhookId: string }[]>
  revokedKeys: number
  withoutSecret: { webhookId: string }[]
  failed: object[]
}

/** Starts a server with four webhooks in an overlap, whose receivers behave as their IDs say, and one without a secret. */
async function fleet(): Promise<TestServer> {
  const server = await startServer()
  await provision(server, 'app_1', 'never_rotated')
  for (const id of ['switched', 'late', 'open', 'unreachable']) {
    const webhook = await provision(server, 'app_1', id)
    const rotate = async () => {
      const { body } = await server.api('PATCH', `${webhook}/secret`)
      return (body as { signingSecret: string }).signingSecret
    }
    const [old, fresh] = [await rotate(), await rotate()]
    const { url } = await startReceiver(
      id === 'switched' ? verifiedWith(fresh) : id === 'late' ? verifiedWith(old) : () => 204,
    )
    await server.api('PUT', webhook, {
      body: { url: id === 'unreachable' ? 'https://receiver.invalid/' : url },
    })
  }
  return server
}

async function probe(server: TestServer, ...args: string[]) {
  const environment = {
    ...exampleEnvironment,
    DATABASE_URL: server.databaseUrl,
    REKEY_PROBE_ALLOW: 'loopback',
  }
  const { code, stdout, stderr } = await rekey(['probe', ...args], { cwd: server.folder, environment })
  return { code, stderr, report: JSON.parse(stdout || 'null') as Report }
}

async function liveKeys(server: TestServer, id: string): Promise<number> {
  return (await server.api('GET', `/applications/app_1/webhooks/${id}`)).body.liveKeys
}

test('reports which receivers are proven and the verdicts of the others, and ends no overlap', async () => {
  const server = await fleet()
  const { code, stderr, report } = await probe(server, '--all', '--rate', '0')
  expect([code, report.proven, report.revokedKeys, report.failed]).toEqual([1, 1, 0, []])
  const ids = Object.entries(report.notProven).map(([verdict, webhooks]) => [
    verdict,
    webhooks.map(({ webhookId }) => webhookId),
  ])
  expect(Object.fromEntries(ids)).toEqual({
    'current refused': ['late'],
    'random accepted': ['open'],
    'current unresolved': ['unreachable'],
  })
  expect(report.withoutSecret).toMatchObject([{ webhookId: 'never_rotated' }])
  expect(stderr).toContain('some receivers are not proven')
  expect(await liveKeys(server, 'switched')).toBe(2)
  const { body } = await server.api('GET', '/applications/app_1/webhooks/switched/events')
  expect(body.items[0]).toMatchObject({ type: 'receiver.probed', actor: 'rekey probe', requestId: null })
})

test('--end-overlap ends only the overlaps of proven receivers, and exits with 0 if all selected receivers are proven', async () => {
  const server = await fleet()
  const first = await probe(server, '--all', '--end-overlap')
  expect([first.code, first.report.proven, first.report.revokedKeys]).toEqual([1, 1, 1])
  for (const [id, live] of Object.entries({ switched: 1, late: 2, open: 2, unreachable: 2 }))
    expect(await liveKeys(server, id)).toBe(live)
  const args = ['--application', 'app_1', '--webhook', 'switched', '--previous']
  const second = await probe(server, ...args)
  expect([second.code, second.report.proven, second.stderr]).toEqual([0, 1, ''])
})

test.each([
  ['neither --application nor --all', []],
  ['an unknown option', ['--all', '--overlap', '0']],
])('exits with 2 if the command line has %s', async (_, args) => {
  const { code, stdout, stderr } = await rekey(['probe', ...args], {
    cwd: '.',
    environment: exampleEnvironment,
  })
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('Usage: rekey probe')])
})
