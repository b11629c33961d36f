import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exampleEnvironment } from '../support/environment.ts'
import { main } from '../support/command.ts'
import { liveKeys, newSecret, setUrl } from '../support/probes.ts'
import { asReceived, isVerified } from '../support/one-signature.ts'
import { startReceiver } from '../support/receivers.ts'
import { serve } from '../support/serve.ts'
import { apiOf, provision, temporaryFolder, type TestServer } from '../support/server.ts'

const skewedClock = join(import.meta.dirname, '../support/skewed-clock.ts')

test('if a server is killed during a scheduled probe, the next server repeats the probe after the lease, and ends the overlap once', async () => {
  const cwd = temporaryFolder()
  const environment = { NODE_ENV: 'production', REKEY_PROBE_ALLOW: 'loopback', ...exampleEnvironment }
  const databaseUrl = `sqlite:${join(cwd, 'rekey.db')}`
  const first = await serve(cwd, { ...environment, DATABASE_URL: databaseUrl })
  const at = (origin: string) => ({ api: apiOf(origin) }) as TestServer
  const webhook = await provision(at(first.origin), 'app_1', 'hook_1', 'github')
  let fresh = ''
  const hanging = Promise.withResolvers<undefined>()
  let isHanging = true
  const receiver = await startReceiver(async ({ headers, body }) => {
    if (!isVerified('github', fresh, asReceived(headers as Record<string, string>), body)) return 401
    if (!isHanging) return 204
    hanging.resolve(undefined)
    return new Promise<number>(() => undefined)
  })
  await setUrl(at(first.origin), webhook, receiver.url)
  await newSecret(at(first.origin), webhook)
  fresh = await newSecret(at(first.origin), webhook, { endWhenProven: true })
  await hanging.promise
  await first.stop('SIGKILL')
  isHanging = false

  const skewed = ['--import', skewedClock, main]
  const next = await serve(cwd, { ...environment, DATABASE_URL: databaseUrl, CLOCK_SKEW_MS: '60000' }, skewed)
  const server = at(next.origin)
  await expect.poll(() => liveKeys(server, webhook), { timeout: 30_000 }).toBe(1)
  const { items } = (await server.api('GET', `${webhook}/events`)).body
  expect(items.map(({ type, actor }) => [type, actor]).slice(0, 3)).toEqual([
    ['secret.previous_revoked', 'rekey serve'],
    ['receiver.probed', 'rekey serve'],
    ['secret.rotated', 'tester'],
  ])
})
