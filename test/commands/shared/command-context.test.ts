import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rekey } from '../../support/command.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { provision, startServer, temporaryFolder } from '../../support/server.ts'

const commands = [['audit', 'verify'], ['rewrap'], ['rotate', '--all']]

test.each(commands)(
  'if the database file does not exist, `rekey %s` fails, prints the missing path and creates nothing',
  async (...args) => {
    const cwd = temporaryFolder()
    const environment = { ...exampleEnvironment, DATABASE_URL: 'sqlite:typo.db' }
    const { code, stdout, stderr } = await rekey(args, { cwd, environment })
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      `rekey ${args[0]}: no database at ${join(cwd, 'typo.db')}: set DATABASE_URL to its location\n`,
    ])
    expect(readdirSync(cwd)).toEqual([])
  },
)

test.each([...commands, ['migrate']])('`rekey %s` never creates missing keys', async (...args) => {
  const { databaseUrl } = await startServer()
  const cwd = temporaryFolder()
  const { code, stderr } = await rekey(args, { cwd, environment: { DATABASE_URL: databaseUrl } })
  expect(code).toBe(2)
  expect(stderr).toContain('REKEY_ENCRYPTION_KEYS is not set')
  expect(readdirSync(cwd)).toEqual([])
})

test('`rekey token` needs only the secret that signs tokens, and never creates it', async () => {
  const cwd = temporaryFolder()
  const { code, stderr } = await rekey(['token'], { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('REKEY_JWT_SECRET')
  expect(stderr).not.toContain('REKEY_ENCRYPTION_KEYS')
  expect(readdirSync(cwd)).toEqual([])
})

test("`rekey rotate` rotates nothing without the server's encryption keys", async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const { body: before } = await server.api('GET', `${webhook}/secret`)
  const { code, stderr } = await rekey(['rotate', '--all', '--output', 'out.jsonl'], {
    cwd: server.folder,
    environment: {
      ...exampleEnvironment,
      DATABASE_URL: server.databaseUrl,
      REKEY_ENCRYPTION_KEYS: `other:${Buffer.alloc(32, 9).toString('base64')}`,
    },
  })
  expect(code).toBe(2)
  expect(stderr).toContain(
    'REKEY_ENCRYPTION_KEYS must include every key that sealed a stored secret; add the key with kid k1',
  )
  expect(existsSync(join(server.folder, 'out.jsonl'))).toBe(false)
  expect((await server.api('GET', `${webhook}/secret`)).body).toEqual(before)
})
