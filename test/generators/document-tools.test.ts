import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { documentedOperations } from '../support/document.ts'
import { startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

const root = join(import.meta.dirname, '../..')
const document = join(root, 'generated/openapi.json')
const folder = mkdtempSync(join(tmpdir(), 'rekey-document-tools-'))

beforeAll(async () => {
  cpSync(join(import.meta.dirname, 'document-tools'), folder, { recursive: true })
  await run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'])
}, 240_000)

afterAll(() => {
  rmSync(folder, { recursive: true })
}, 120_000)

const spectral = (file: string) =>
  tool('spectral', ['lint', file, '--ruleset', join(root, '.spectral.yaml'), '--fail-severity', 'hint'])

test('Spectral reports nothing in the document, apart from the exceptions in .spectral.yaml', async () => {
  expect(await spectral(document)).toContain('No results with a severity of')
})

test('Spectral reports an operation without a description', async () => {
  const file = join(folder, 'openapi.json')
  const text = readFileSync(document, 'utf8')
  writeFileSync(file, text.replace(/"description": "Returns one application."/, '"description": ""'))
  await expect(spectral(file)).rejects.toThrow('operation-description')
})

/** Runs Portman as docs/client.md shows, against a new server. @param scope of the token */
async function portman(scope?: string): Promise<string> {
  const { origin } = await startServer()
  const bearer = await token(scope === undefined ? {} : { scope })
  const options = [
    '--local',
    document,
    '--baseUrl',
    `${origin}/api/v1`,
    '--output',
    join(folder, 'postman.json'),
  ]
  const config = ['--portmanConfigFile', 'portman.json']
  return tool('portman', [...options, ...config, '--runNewman'], { PORTMAN_BEARER_TOKEN: bearer })
}

test("Portman's contract tests pass for every operation", { timeout: 120_000 }, async () => {
  const output = await portman()
  const counts = (name: string) => {
    const [, executed, failed] = new RegExp(`${name} │ +(\\d+) │ +(\\d+)`).exec(output) ?? []
    return { executed: Number(executed), failed: Number(failed) }
  }
  expect(counts('test-scripts')).toEqual({ executed: documentedOperations.length, failed: 0 })
  expect(counts('assertions').executed).toBeGreaterThan(documentedOperations.length * 4)
  expect(counts('assertions').failed).toBe(0)
})

test("Portman's contract tests fail with a token that lacks scopes", { timeout: 120_000 }, async () => {
  await expect(portman('webhooks:read')).rejects.toThrow('Newman run failed')
})

function tool(name: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  return run(process.execPath, [join(folder, 'node_modules/.bin', name), ...args], environment)
}

/** Runs a program in the folder, where Portman leaves files with the token. Rejects unless its exit code is 0. @returns its standard output and error */
async function run(program: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1', ...environment }
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, {
      cwd: folder,
      env,
      timeout: 230_000,
    })
    return stdout + stderr
  } catch (error) {
    const { message, stdout } = error as Error & { stdout: string }
    throw new Error(`${message}\n${stdout}`, { cause: error })
  }
}
