import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Environment } from '../../../src/config/config.ts'
import { main, rekey } from '../../support/command.ts'
import { newDatabase } from '../../support/database.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { serve } from '../../support/serve.ts'
import { temporaryFolder } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const keys = exampleEnvironment['REKEY_ENCRYPTION_KEYS'] ?? ''
const { PATH } = process.env

/**
 * Writes each value to a file that only its owner can read, in a folder that nobody can change, as systemd's
 * LoadCredential does.
 * @returns the variables that name the files
 */
function credentials(values: Environment): Environment {
  const folder = join(temporaryFolder(), 'credentials')
  mkdirSync(folder)
  const named = Object.entries(values).map(([name, value]) => {
    const file = join(folder, name.toLowerCase())
    writeFileSync(file, `${value}\n`, { mode: 0o400 })
    return [`${name}_FILE`, file]
  })
  chmodSync(folder, 0o500)
  return Object.fromEntries(named) as Environment
}

test('a server and every command read all of their settings from files', async () => {
  const cwd = temporaryFolder()
  const DATABASE_URL = await newDatabase(cwd)
  const environment = {
    NODE_ENV: 'production',
    PORT: '',
    ...credentials({ ...exampleEnvironment, DATABASE_URL, HOST: '127.0.0.1', LOG_LEVEL: 'info' }),
  }
  const server = await serve(cwd, environment)
  const call = async (method: string, path: string, body?: string) => {
    const response = await fetch(`${server.origin}/api/v1/applications/app_1${path}`, {
      method,
      headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    })
    expect(response.status).toBeLessThan(300)
    return response.json()
  }
  await call('PUT', '', '{}')
  await call('PUT', '/webhooks/hook_1', '{"url":"https://merchant.example/"}')
  await call('PATCH', '/webhooks/hook_1/secret')

  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await rekey(args, { cwd, environment })
    expect(code, stderr).toBe(0)
    return stdout
  }
  expect(JSON.parse(await run('migrate'))).toEqual({ migrations: [] })
  expect(JSON.parse(await run('rotate', '--all', '--output', 'out.jsonl'))).toMatchObject({ rotated: 1 })
  expect(JSON.parse(await run('rewrap'))).toMatchObject({ rewrapped: 0 })
  expect(JSON.parse(await run('audit', 'verify'))).toMatchObject({ chains: 1, broken: null })
  const bearer = (await run('token', '--scope', 'secrets:read', '--all-applications')).trim()
  const list = await fetch(`${server.origin}/api/v1/applications/app_1/webhooks/hook_1/secret`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  expect(list.status).toBe(200)
  expect(existsSync(join(cwd, 'data'))).toBe(false)
  expect(await server.stop('SIGTERM')).toBe(0)
})

test('a server takes its encryption keys from a command, which it runs once', async () => {
  const cwd = temporaryFolder()
  const server = await serve(cwd, {
    ...exampleEnvironment,
    PATH,
    NODE_ENV: 'production',
    DATABASE_URL: 'sqlite:rekey.db',
    REKEY_ENCRYPTION_KEYS: '',
    REKEY_ENCRYPTION_KEYS_COMMAND: `echo ran >> runs; echo a-warning >&2; echo ${keys}`,
  })
  expect(await server.stop('SIGTERM')).toBe(0)
  expect(readFileSync(join(cwd, 'runs'), 'utf8')).toBe('ran\n')
  expect(server.output() + server.errors()).not.toMatch(/a-warning|k1:/)
})

test.each([
  ['development', ['serve']],
  ['production', ['serve']],
  ['production', ['migrate']],
  ['production', ['rotate', '--all']],
  ['production', ['rewrap']],
  ['production', ['audit', 'verify']],
])(
  'if the command for the encryption keys fails in %s, `rekey %s` ends without development keys, a database or any of its output',
  async (NODE_ENV, args) => {
    const cwd = temporaryFolder()
    const { code, stdout, stderr } = await rekey(args, {
      cwd,
      environment: {
        PATH,
        NODE_ENV,
        PORT: '0',
        REKEY_ENCRYPTION_KEYS_COMMAND: `echo ${keys}; echo "${keys} hunter2" >&2; exit 4`,
      },
    })
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      'rekey: invalid configuration:\n  - REKEY_ENCRYPTION_KEYS_COMMAND: the command exited with code 4; run it yourself to see why, because Rekey does not log what the command prints\n',
    ])
    expect(readdirSync(cwd)).toEqual([])
  },
)

test('if the file of DATABASE_URL is missing or empty, a server in production ends and does not use SQLite instead', async () => {
  for (const content of [undefined, '', '\n']) {
    const cwd = temporaryFolder()
    const file = join(temporaryFolder(), 'database_url')
    if (content !== undefined) writeFileSync(file, content)
    const { code, stderr } = await rekey(['serve'], {
      cwd,
      environment: { ...exampleEnvironment, NODE_ENV: 'production', DATABASE_URL_FILE: file },
    })
    expect([code, stderr]).toEqual([2, expect.stringContaining(`DATABASE_URL_FILE (${file}): the file `)])
    expect(readdirSync(cwd)).toEqual([])
  }
})

test('a fault in a value from a file names the file', async () => {
  const { REKEY_JWT_SECRET_FILE, ...others } = credentials({
    ...exampleEnvironment,
    REKEY_JWT_SECRET: 'short',
  })
  const { code, stderr } = await rekey(['serve'], {
    cwd: temporaryFolder(),
    environment: { NODE_ENV: 'production', REKEY_JWT_SECRET_FILE, ...others },
  })
  expect([code, stderr]).toEqual([
    2,
    `rekey: invalid configuration:\n  - REKEY_JWT_SECRET, read from REKEY_JWT_SECRET_FILE (${REKEY_JWT_SECRET_FILE}), must have at least 32 bytes; \`rekey keygen\` prints a valid value\n`,
  ])
})

test('`rekey token` neither runs the command for the encryption keys nor reads the file of DATABASE_URL', async () => {
  const cwd = temporaryFolder()
  const { code, stderr } = await rekey(['token', '--scope', 'secrets:read', '--all-applications'], {
    cwd,
    environment: {
      PATH,
      NODE_ENV: 'production',
      REKEY_ENCRYPTION_KEYS_COMMAND: 'echo ran > runs; exit 1',
      DATABASE_URL_FILE: join(cwd, 'absent'),
      ...credentials({ REKEY_JWT_SECRET: exampleEnvironment['REKEY_JWT_SECRET'] }),
    },
  })
  expect([code, stderr]).toEqual([0, ''])
  expect(readdirSync(cwd)).toEqual([])
})

test('a stop signal ends a server that waits for its keys, and the command with it', async () => {
  const cwd = temporaryFolder()
  const beats = join(cwd, 'beats')
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd,
    env: {
      PATH,
      ...exampleEnvironment,
      REKEY_ENCRYPTION_KEYS: '',
      REKEY_ENCRYPTION_KEYS_COMMAND: 'while :; do echo >> beats; sleep 0.02; done',
    },
  })
  const ended = once(child, 'close')
  await expect.poll(() => existsSync(beats), { timeout: 20_000 }).toBe(true)
  child.kill('SIGTERM')
  expect(await ended).toEqual([1, null])
  const { size } = statSync(beats)
  await setTimeout(200)
  expect(statSync(beats).size).toBe(size)
})
