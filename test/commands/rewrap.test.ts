import { expect, test } from 'vitest'
import type { Environment } from '../../src/config.ts'
import { countKeysNotSealedBy } from '../../src/store/signing-keys.ts'
import { rekey } from '../support/command.ts'
import { openDatabase } from '../support/database.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

const fresh = `k2:${Buffer.alloc(32, 2).toString('base64')}`
const old = exampleEnvironment['REKEY_ENCRYPTION_KEYS'] ?? ''
const never = new AbortController().signal
const payload = { payload: '{}' }

function environment(server: TestServer, keys: string): Environment {
  return { ...exampleEnvironment, DATABASE_URL: server.databaseUrl, REKEY_ENCRYPTION_KEYS: keys }
}

function rewrap(server: TestServer, keys: string) {
  return rekey(['rewrap'], { cwd: server.folder, environment: environment(server, keys) })
}

async function restart(server: TestServer, keys: string): Promise<TestServer> {
  await server.close()
  return startServer({ beside: server, environment: { REKEY_ENCRYPTION_KEYS: keys } })
}

test('after a rewrap beside a running server the old encryption key can be removed, and signatures are the same', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  for (let i = 0; i < 3; i++) await server.api('PATCH', `${webhook}/secret`)
  const message = { ...payload, messageId: 'msg_1', timestamp: 1 }
  const before = await server.api('POST', `${webhook}/signatures`, { body: message })

  const both = await restart(server, `${fresh},${old}`)
  const { code, stdout } = await rewrap(server, `${fresh},${old}`)
  expect([code, JSON.parse(stdout)]).toEqual([0, { kid: 'k2', rewrapped: 3, remaining: 0 }])
  expect((await both.api('POST', `${webhook}/signatures`, { body: message })).body).toEqual(before.body)

  const only = await restart(both, fresh)
  expect((await only.api('POST', `${webhook}/signatures`, { body: message })).body).toEqual(before.body)
})

test('a rewrap that is run again has nothing to do', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  await rewrap(server, `${fresh},${old}`)
  const { stdout } = await rewrap(server, `${fresh},${old}`)
  expect(JSON.parse(stdout)).toEqual({ kid: 'k2', rewrapped: 0, remaining: 0 })
})

test('a rewrap that was killed is taken up again, while rotations go on', async () => {
  const server = await startServer({ environment: { REKEY_ENCRYPTION_KEYS: `${old},${fresh}` } })
  const hooks = await Promise.all(
    Array.from({ length: 40 }, (_, i) => provision(server, 'app_1', `hook_${i}`)),
  )
  const rotate = (hook: string) => server.api('PATCH', `${hook}/secret`)
  for (let i = 0; i < 8; i++) await Promise.all(hooks.map(rotate))

  const store = await openDatabase(server.databaseUrl)
  const resealed = async () =>
    320 - (await store.read((queries) => countKeysNotSealedBy(queries, 'k2'), never))
  const [killed] = await Promise.all([
    rekey(['rewrap'], {
      cwd: server.folder,
      environment: environment(server, `${fresh},${old}`),
      killWhen: async () => (await resealed()) > 0,
    }),
    ...hooks.slice(0, 10).map(rotate),
  ])
  expect(killed.code).toBeNull()
  expect(await resealed()).toBeLessThan(320)
  const { code, stdout } = await rewrap(server, `${fresh},${old}`)
  expect([code, JSON.parse(stdout).remaining]).toEqual([0, 0])
  const only = await restart(server, fresh)
  for (const hook of hooks) {
    expect((await only.api('POST', `${hook}/signatures`, { body: payload })).status).toBe(200)
  }
})

test('a rewrap without the key that sealed a secret fails, names the secret and its kid, and changes nothing', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const { code, stdout, stderr } = await rewrap(server, fresh)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/app_1\/hook_1\/key_\S+ cannot be opened: there is no encryption key with kid "k1"/)
  expect((await server.api('POST', `${webhook}/signatures`, { body: payload })).status).toBe(200)
})
