import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { ConfigError } from '../../src/config/config-error.ts'
import { readSources, withoutOwnVariables } from '../../src/config/sources.ts'
import { fileVariables, variables } from '../../src/config/variables.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { temporaryFolder } from '../support/server.ts'
import { needsRoot } from '../support/tools.ts'

const project = join(import.meta.dirname, '../..')
const keys = exampleEnvironment['REKEY_ENCRYPTION_KEYS'] ?? ''

/** Writes a file. @returns its path */
function file(content: string | Buffer, name = 'value'): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  return path
}

async function read(environment: Environment): Promise<Environment> {
  return (await readSources(environment)).environment
}

async function faults(environment: Environment): Promise<string[]> {
  try {
    await readSources(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
  }
  return []
}

test('every variable except NODE_ENV, and except those that name a file or command, can be in a file', async () => {
  expect(Object.keys(variables.shape).filter((name) => !fileVariables.includes(name))).toEqual([
    'NODE_ENV',
    'REKEY_ENCRYPTION_KEYS_COMMAND',
    'REKEY_JWT_PUBLIC_KEY_FILE',
    'REKEY_JWKS_TOKEN_FILE',
    'REKEY_GRANTS_FILE',
  ])
  const files = fileVariables.map((name) => [`${name}_FILE`, file(`the value of ${name}\n`)])
  const given = Object.fromEntries(files) as Environment
  expect(await read({ PATH: '/bin', ...given })).toEqual({
    PATH: '/bin',
    ...Object.fromEntries(fileVariables.map((name) => [name, `the value of ${name}`])),
  })
})

test.each([
  ['secret', 'secret'],
  ['secret\n', 'secret'],
  ['secret\r\n', 'secret'],
  ['secret\n\n', 'secret\n'],
  [' secret ', ' secret '],
  ['one,\ntwo\n', 'one,\ntwo'],
  ['\ufeffsecret\n', '\ufeffsecret'],
])('removes only one trailing line break from the file content %j', async (content, value) => {
  expect(await read({ REKEY_JWT_SECRET_FILE: file(content) })).toEqual({ REKEY_JWT_SECRET: value })
})

test('follows symbolic links, through which Kubernetes mounts secrets', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, '..2026'))
  writeFileSync(join(folder, '..2026', 'keys'), keys)
  symlinkSync('..2026', join(folder, '..data'))
  symlinkSync('..data/keys', join(folder, 'keys'))
  expect(await read({ REKEY_ENCRYPTION_KEYS_FILE: join(folder, 'keys') })).toEqual({
    REKEY_ENCRYPTION_KEYS: keys,
  })
})

test('an empty NAME_FILE variable counts as unset', async () => {
  const given = { DATABASE_URL: 'sqlite:x.db', DATABASE_URL_FILE: '', REKEY_ENCRYPTION_KEYS_COMMAND: '' }
  expect(await read(given)).toEqual({ DATABASE_URL: 'sqlite:x.db' })
})

test('a value that is set twice is an error that names both variables', async () => {
  expect(
    await faults({
      PORT: '1',
      PORT_FILE: '/run/port',
      REKEY_ENCRYPTION_KEYS: keys,
      REKEY_ENCRYPTION_KEYS_FILE: '/run/keys',
      REKEY_ENCRYPTION_KEYS_COMMAND: 'echo',
    }),
  ).toEqual([
    'PORT and PORT_FILE are mutually exclusive; set only one of them',
    'REKEY_ENCRYPTION_KEYS and REKEY_ENCRYPTION_KEYS_FILE and REKEY_ENCRYPTION_KEYS_COMMAND are mutually exclusive; set only one of them',
  ])
})

test('the errors for files that cannot be read name the variable, the path, the fault and the remedy', async () => {
  const folder = temporaryFolder()
  spawnSync('mkfifo', [join(folder, 'pipe')])
  const found = await faults({
    PORT_FILE: join(folder, 'absent'),
    HOST_FILE: folder,
    LOG_LEVEL_FILE: join(folder, 'pipe'),
    DATABASE_URL_FILE: file(''),
    REKEY_ENCRYPTION_KEYS_FILE: file('\n'),
    REKEY_JWT_SECRET_FILE: file('x'.repeat(65_537)),
    REKEY_JWT_ISSUER_FILE: file(Buffer.from('ff', 'hex')),
    REKEY_JWT_AUDIENCE_FILE: `${folder}/x/y\n`,
    REKEY_JWKS_URL_FILE: join(file('x'), 'y'),
  })
  expect(found.map((fault) => fault.replaceAll(/ \(\/[^)]*\)/g, ' (PATH)'))).toEqual([
    'HOST_FILE (PATH): the path leads to a directory, pipe or device; it must lead to a regular file',
    'PORT_FILE (PATH): the file does not exist; create it, or correct the path',
    'DATABASE_URL_FILE (PATH): the file is empty; it must contain the value of DATABASE_URL alone, in UTF-8',
    'REKEY_ENCRYPTION_KEYS_FILE (PATH): the file is empty; it must contain the value of REKEY_ENCRYPTION_KEYS alone, in UTF-8',
    'REKEY_JWT_SECRET_FILE (PATH): the file has more than 65536 bytes; it must contain the value of REKEY_JWT_SECRET alone, in UTF-8',
    'REKEY_JWKS_URL_FILE (PATH): the file cannot be opened (ENOTDIR); correct the path',
    'REKEY_JWT_ISSUER_FILE (PATH): the file is not UTF-8; it must contain the value of REKEY_JWT_ISSUER alone, in UTF-8',
    'REKEY_JWT_AUDIENCE_FILE begins or ends with whitespace, such as a line break; remove it',
    'LOG_LEVEL_FILE (PATH): the path leads to a directory, pipe or device; it must lead to a regular file',
  ])
  expect(found[1]).toContain(`(${join(folder, 'absent')})`)
})

test('the error for a file without read permission names the user', (context) => {
  // root can read every file, so a process that has given up its rights tries.
  needsRoot(context)
  const path = file('8080')
  chmodSync(dirname(path), 0o755)
  chmodSync(path, 0o600)
  const program = `const { readSources } = await import('${join(project, 'src/config/sources.ts')}')
    process.setuid(65534)
    await readSources({ PORT_FILE: '${path}' }).catch(({ message }) => process.stdout.write(message))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program])
  expect(stdout.toString()).toBe(
    `PORT_FILE (${path}): the file is not readable by user 65534; give that user read permission`,
  )
})

test.each([
  ['DATABASE_URL_FILE', 'postgres://rekey:hunter2@db.example/rekey'],
  ['REKEY_JWT_SECRET_FILE', Buffer.alloc(48, 3).toString('base64')],
  ['REKEY_JWT_SECRET_FILE', `/${'x'.repeat(63)}`],
  ['REKEY_JWT_SECRET_FILE', `/${'x'.repeat(31)}/${'y'.repeat(31)}`],
])('the error for %s with a value in place of a path does not repeat the value', async (name, secret) => {
  const found = await faults({ [name]: secret })
  expect(found).toEqual([expect.stringMatching(`^${name}: the file `)])
  expect(found.join()).not.toContain(secret.slice(1))
})

test.each([
  'REKEY_JWT_SECRET=abc',
  `REKEY_ENCRYPTION_KEYS=k\nREKEY_JWT_SECRET=abc\n`,
  'export REKEY_JWT_SECRET=abc',
])('rejects a file with the line of an environment file: %j', async (content) => {
  expect(await faults({ REKEY_JWT_SECRET_FILE: file(content) })).toEqual([
    expect.stringMatching(
      / the file contains REKEY_JWT_SECRET=; it must contain the value of REKEY_JWT_SECRET alone, in UTF-8$/,
    ),
  ])
})

test('a fault in a value names the file or command that the value comes from', async () => {
  const path = file('x')
  const { withOrigin } = await readSources({
    REKEY_JWT_SECRET_FILE: path,
    REKEY_ENCRYPTION_KEYS_COMMAND: 'echo x',
  })
  expect(
    ['REKEY_JWT_SECRET is short', 'REKEY_ENCRYPTION_KEYS is wrong', 'PORT is wrong'].map(withOrigin),
  ).toEqual([
    `REKEY_JWT_SECRET, read from REKEY_JWT_SECRET_FILE (${path}), is short`,
    'REKEY_ENCRYPTION_KEYS, read from REKEY_ENCRYPTION_KEYS_COMMAND, is wrong',
    'PORT is wrong',
  ])
})

test('the command for the encryption keys runs after all files were read, and not at all if one of them failed', async () => {
  const folder = temporaryFolder()
  const command = `echo ran >> ${folder}/runs; echo ${keys}`
  const bad = { PORT_FILE: join(folder, 'absent'), REKEY_ENCRYPTION_KEYS_COMMAND: command }
  expect(await faults(bad)).toHaveLength(1)
  expect(spawnSync('cat', [join(folder, 'runs')]).status).not.toBe(0)
  expect(await read({ PATH: process.env['PATH'], REKEY_ENCRYPTION_KEYS_COMMAND: command })).toMatchObject({
    REKEY_ENCRYPTION_KEYS: keys,
  })
  expect(spawnSync('cat', [join(folder, 'runs')], { encoding: 'utf8' }).stdout).toBe('ran\n')
})

test('the command sees the environment without the variables that Rekey reads', async () => {
  const own = Object.fromEntries(
    [...Object.keys(variables.shape), ...fileVariables.map((name) => `${name}_FILE`)].map((name) => [
      name,
      '1',
    ]),
  )
  const others = {
    PATH: process.env['PATH'],
    VAULT_ADDR: 'https://vault.example',
    DATABASE_SERVICE_HOST: '10.0.0.1',
  }
  expect(withoutOwnVariables({ ...own, REKEY_SERVICE_HOST: '10.0.0.2', ...others })).toEqual(others)
  const { environment } = await readSources({
    ...others,
    REKEY_JWT_SECRET: 'a secret',
    DATABASE_URL: 'postgres://rekey:hunter2@db.example/rekey',
    NODE_ENV: 'production',
    REKEY_ENCRYPTION_KEYS_COMMAND: 'env | grep -E "^(REKEY|DATABASE_URL|NODE_ENV|VAULT_)"',
  })
  expect(environment['REKEY_ENCRYPTION_KEYS']).toBe('VAULT_ADDR=https://vault.example')
})
