import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { fingerprint, type SigningSecret } from '../../src/domain/signing-secret.ts'
import { main } from '../support/command.ts'
import { codeBlocks, readPage } from '../support/documentation.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { provision, startServer } from '../support/server.ts'

/** The recipes of docs/operations.md, by the CLI that each calls. */
const [, chapter = ''] =
  /### Deliver new secrets to a secret store\n(.*?)\n## /s.exec(readPage('docs/operations.md')) ?? []
const recipes = new Map(
  codeBlocks(chapter, 'sh').map((recipe) => [
    /\b(vault|aws|kubectl|op) [a-z]/.exec(recipe)?.[1] ?? '',
    recipe,
  ]),
)

/** Stands in for a CLI: keeps its arguments and its standard input in a folder of their own. */
const standIn = `#!/bin/sh
call=$(mktemp -d "$CALLS/XXXXXX")
printf '%s\\n' "$@" >"$call/arguments"
cat >"$call/input"
`

/** Where each CLI finds the secret in its standard input. */
const secretOf: Record<string, (input: string) => string> = {
  vault: (input) => input,
  aws: (input) => input,
  kubectl: (input) => Object.values((JSON.parse(input) as { stringData: object }).stringData)[0] as string,
  op: (input) => (JSON.parse(input) as { fields: [{ value: string }] }).fields[0].value,
}

test('has a recipe for each of four secret stores', () => {
  expect([...recipes.keys()].sort()).toEqual(['aws', 'kubectl', 'op', 'vault'])
})

test.each([...recipes])(
  'the recipe for %s delivers the new secret, and never as an argument',
  async (cli, recipe) => {
    const server = await startServer()
    const webhook = await provision(server)
    await server.api('PATCH', `${webhook}/secret`)
    const bin = join(server.folder, 'bin')
    const calls = join(server.folder, 'calls')
    for (const folder of [bin, calls]) mkdirSync(folder)
    const script = (name: string, text: string) => {
      writeFileSync(join(bin, name), text)
      chmodSync(join(bin, name), 0o755)
    }
    script(cli, standIn)
    script('rekey', `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
    const env = {
      ...exampleEnvironment,
      DATABASE_URL: server.databaseUrl,
      PATH: `${bin}:${process.env['PATH']}`,
      CALLS: calls,
    }
    const { stdout } = await promisify(execFile)('sh', ['-c', recipe], { cwd: server.folder, env })
    expect(JSON.parse(stdout)).toMatchObject({ rotated: 1, failed: [] })

    const made = readdirSync(calls)
    expect(made).toHaveLength(1)
    const read = (name: string) => readFileSync(join(calls, made[0] ?? '', name), 'utf8')
    const secret = secretOf[cli]?.(read('input')) as SigningSecret
    const { body } = await server.api('GET', webhook)
    expect(fingerprint(secret).short).toBe(body.keyFingerprint)
    expect(read('arguments')).not.toContain(secret.slice(6))
    expect(read('arguments') + read('input')).toContain('hook_1')
  },
)
