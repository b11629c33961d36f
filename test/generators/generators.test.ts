import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

/** Each generator has a folder here. Its command runs there and generates the client that `rotate.ts` calls. */
const generators = [
  { name: 'hey-api', command: ['openapi-ts', '--input', '../openapi.json', '--output', 'client'] },
  { name: 'kubb', command: ['kubb', 'generate'] },
  { name: 'oazapfts', command: ['oazapfts', '../openapi.json', 'client.ts'] },
  { name: 'orval', command: ['orval'] },
  { name: 'rtk-query', command: ['rtk-query-codegen-openapi', 'codegen.config.json'] },
  {
    name: 'swagger-typescript-api',
    command: ['swagger-typescript-api', 'generate', '--path', '../openapi.json', '--name', 'client.ts'],
  },
]

/** Matches a complaint but not a file name, because one generator writes a file for the type `Error`. */
const complaint = /\b(warn|error|fail|deprecat|unsupported|invalid|missing|skip|unable|cannot)\w*\b(?!\.\w)/i

const folder = mkdtempSync(join(tmpdir(), 'rekey-generators-'))

beforeAll(async () => {
  cpSync(import.meta.dirname, folder, { recursive: true })
  cpSync(join(import.meta.dirname, '../../generated/openapi.json'), join(folder, 'openapi.json'))
  await run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], folder)
}, 180_000)

afterAll(() => {
  rmSync(folder, { recursive: true })
})

test.for(generators)(
  '$name accepts the OpenAPI document without complaints, and its client compiles and rotates a secret',
  { timeout: 60_000 },
  async ({ name, command: [program = '', ...args] }) => {
    const server = await startServer()
    const secret = `${await provision(server)}/secret` as const
    const directory = join(folder, name)

    const output = await node(program, args, directory)
    expect(output.split('\n').filter((line) => complaint.test(line))).toEqual([])
    expect(await node('tsc', [], directory)).toBe('')
    const shown = await run(process.execPath, ['out/rotate.js'], directory, {
      REKEY_API: `${server.origin}/api/v1`,
      REKEY_TOKEN: await token({ scope: 'secrets:rotate' }),
    })

    const { body } = await server.api('GET', secret)
    expect(body.current).toMatchObject({ sha256: sha256(shown.trim()), reason: name })
  },
)

function node(program: string, args: string[], cwd: string): Promise<string> {
  return run(process.execPath, [join(folder, 'node_modules/.bin', program), ...args], cwd)
}

/** Runs a program. Rejects unless its exit code is 0. @returns its standard output and error */
async function run(
  program: string,
  args: string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, {
      cwd,
      timeout: 170_000,
      maxBuffer: 16 * 1024 * 1024,
      env: { ...process.env, DO_NOT_TRACK: '1', NO_COLOR: '1', ...environment },
    })
    return stdout + stderr
  } catch (error) {
    // Compilers report errors on standard output, which `error.message` omits.
    const { message, stdout } = error as Error & { stdout: string }
    throw new Error(`${message}\n${stdout}`, { cause: error })
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
