import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { provisionExample } from '../../src/commands/serve/example.ts'
import { UsageError } from '../../src/commands/shared/options.ts'
import { run } from '../../src/commands/token.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { rekey } from '../support/command.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { startServer, temporaryFolder } from '../support/server.ts'
import { jwtSecret } from '../support/tokens.ts'

const grantsNothing =
  'rekey token: this token grants nothing; add --scope, and --application or --all-applications\n'

/** Runs `rekey token` in production, with no other setting than the signing secret. */
function rekeyToken(...args: string[]) {
  const environment = { NODE_ENV: 'production', REKEY_JWT_SECRET: jwtSecret }
  return rekey(['token', ...args], { cwd: temporaryFolder(), environment })
}

test('needs only the signing secret, and prints a token with the requested scopes, applications and lifetime', async () => {
  const { code, stdout, stderr } = await rekeyToken(
    ...['--scope', 'secrets:rotate', '--scope', 'secrets:read'],
    ...['--application', 'a', '--application', 'b.1', '--expires', '60', '--subject', 'ci'],
  )
  expect([code, stderr]).toEqual([0, ''])
  const claims = decodeJwt(stdout)
  expect(claims).toEqual({
    scope: 'secrets:rotate secrets:read',
    applications: ['a', 'b.1'],
    sub: 'ci',
    iat: expect.any(Number) as number,
    exp: (claims.iat ?? 0) + 60,
  })
})

test('without options, prints a valid token that grants nothing, and a note that says which options to add', async () => {
  const { code, stdout, stderr } = await rekeyToken()
  expect([code, stderr]).toEqual([0, grantsNothing])
  const { api } = await startServer()
  expect(await api('GET', '/applications', { token: stdout.trim() })).toMatchObject({ status: 403 })
})

test.each([[['--scope', 'secrets:read']], [['--application', 'app_1']], [['--all-applications']]])(
  'prints a note that a token with only the options %j grants nothing',
  async (options) => {
    expect(await rekeyToken(...options)).toMatchObject({ code: 0, stderr: grantsNothing })
  },
)

test('--all-applications grants the scope for applications that do not exist yet', async () => {
  const { stdout, stderr } = await rekeyToken('--scope', 'applications:write', '--all-applications')
  expect(stderr).toBe('')
  const { api } = await startServer()
  const created = await api('PUT', '/applications/app_9', { token: stdout.trim(), body: {} })
  expect(created).toMatchObject({ status: 201 })
})

test('signs tokens that are valid for a server with custom claims, a scope prefix, an issuer and two audiences', async () => {
  const settings = {
    REKEY_JWT_SECRET: jwtSecret,
    REKEY_JWT_SCOPE_CLAIM: 'realm_access.roles,scp',
    REKEY_JWT_SCOPE_PREFIX: 'rekey/',
    REKEY_JWT_APPLICATIONS_CLAIM: 'https://platform.example/applications',
    REKEY_JWT_ISSUER: 'https://rekey.example',
    REKEY_JWT_AUDIENCE: 'rekey,billing',
  }
  const args = ['token', '--scope', 'applications:read', '--application', 'app_1']
  const { stdout } = await rekey(args, { cwd: temporaryFolder(), environment: settings })
  const { api } = await startServer({ environment: settings })
  expect(await api('GET', '/applications/app_1', { token: stdout.trim() })).toMatchObject({ status: 404 })
})

test('signs a token for a server that reads scopes and applications from the same claim', async () => {
  const claim = 'urn:example:roles'
  const settings = {
    REKEY_JWT_SECRET: jwtSecret,
    REKEY_JWT_SCOPE_CLAIM: claim,
    REKEY_JWT_APPLICATIONS_CLAIM: claim,
  }
  const { api } = await startServer({ environment: settings })
  for (const applications of [['--application', 'app_1'], ['--all-applications']]) {
    const args = ['token', '--scope', 'applications:read', ...applications]
    const { stdout } = await rekey(args, { cwd: temporaryFolder(), environment: settings })
    expect(await api('GET', '/applications/app_1', { token: stdout.trim() })).toMatchObject({ status: 404 })
  }
})

/** Writes a grants file for the subject `ci`. @returns the file's path */
function grantsFile(): string {
  const file = join(temporaryFolder(), 'grants.json')
  const grants = [{ claims: { sub: 'ci' }, scope: 'secrets:read', applications: ['app_1'] }]
  writeFileSync(file, JSON.stringify(grants))
  return file
}

test('with a grants file, signs a token for a subject, and rejects options that would have no effect', async () => {
  const environment = { NODE_ENV: 'production', REKEY_JWT_SECRET: jwtSecret, REKEY_GRANTS_FILE: grantsFile() }
  const sign = (...args: string[]) =>
    rekey(['token', '--subject', 'ci', ...args], { cwd: temporaryFolder(), environment })
  expect(await sign()).toMatchObject({ code: 0, stderr: '' })
  expect(await sign('--scope', 'secrets:rotate', '--all-applications')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('--scope and --application have no effect') as string,
  })
})

test('in development, the server provisions no example if a grants file decides what tokens grant', async () => {
  const config = readConfig({ ...exampleEnvironment, REKEY_GRANTS_FILE: grantsFile() })
  await expect(provisionExample('http://127.0.0.1:1', config)).resolves.toBeUndefined()
})

const idRule = "--application must be 1 to 64 letters, digits, '_', '.' or '-', and not only dots"

test.each([
  [['--scope', 'everything'], 'unknown scope "everything"; allowed scopes: applications:'],
  [['--scope', 'secret:rotate'], 'unknown scope "secret:rotate"; did you mean secrets:rotate?;'],
  [['--scope', ''], 'unknown scope ""; allowed scopes: '],
  [['--scope', '*'], 'unknown scope "*"; allowed scopes: '],
  [['--application', '*'], '--application must be an ID; for all, use --all-applications'],
  [['--application', ''], `${idRule}; "" is not an ID`],
  [['--application', '..'], `${idRule}; ".." is not an ID`],
  [['--application', 'a', '--application', 'a,b'], `${idRule}; "a,b" is not an ID`],
  [['--application', 'a'.repeat(65)], idRule],
  [
    ['--application', 'a', '--all-applications'],
    '--application and --all-applications are mutually exclusive',
  ],
  [['--all-application'], 'unknown option --all-application; did you mean --all-applications?'],
  [['--subject', ''], '--subject must not be empty'],
  [['--expires', '0'], '--expires must be a duration such as 90d, 12h, 30m or 45s, from 1s to 36500d'],
])('rejects %j and says why', async (args, message) => {
  const error: unknown = await run({}, args).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UsageError)
  expect((error as UsageError).message.slice(0, message.length)).toBe(message)
})
