import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { redoclyCli } from '../../scripts/redocly.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

test('every step of the Arazzo description passes against the server', { timeout: 60_000 }, async () => {
  const { code, output } = await respect(await startServer())
  expect(output).toMatch(/Steps: (\d+) passed, \1 total/)
  expect(code).toBe(0)
})

test('an unexpected response to a step fails the Arazzo run', { timeout: 60_000 }, async () => {
  const server = await startServer()
  await server.api('PUT', '/applications/arazzo', { body: {} })
  const { code, output } = await respect(server)
  expect(output).toContain('Steps: 1 failed, 1 total')
  expect(code).toBe(1)
})

/** Runs the Arazzo workflow against the server, with `redocly respect`. */
async function respect({ origin }: TestServer): Promise<{ code: unknown; output: string }> {
  const { file, cwd, env } = redoclyCli
  const args = ['respect', 'openapi/rekey.arazzo.yaml', '--server', `rekey=${origin}/api/v1`]
  const child = spawn(process.execPath, [file, ...args], {
    cwd,
    env: { ...env, NO_COLOR: '1', REDOCLY_CLI_RESPECT_INPUT: `token=${await token()}` },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 50_000,
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<unknown[]>])
  return { code, output }
}
