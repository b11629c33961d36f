import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSources } from '../../src/config/sources.ts'
import { runScript } from '../support/checkout.ts'
import { main } from '../support/command.ts'
import { codeBlocks, readPage } from '../support/documentation.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { temporaryFolder } from '../support/server.ts'

const keys = exampleEnvironment['REKEY_ENCRYPTION_KEYS'] ?? ''
const blocks = codeBlocks(readPage('docs/secrets.md'), 'sh')
const commands = blocks.flatMap((block) => {
  const [, command] = /^REKEY_ENCRYPTION_KEYS_COMMAND='(.*)'$/ms.exec(block) ?? []
  return command === undefined ? [] : [command]
})

/** Creates a folder with stand-ins for programs, by name. @returns a PATH that begins with the folder */
function standIns(scripts: Record<string, string>): string {
  const folder = temporaryFolder()
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return `${folder}:${process.env['PATH']}`
}

test('the documented commands write each key that `rekey keygen` prints to a file of its own', async () => {
  const folder = temporaryFolder()
  const PATH = standIns({ rekey: `exec '${process.execPath}' '${main}' "$@"` })
  const split = runScript(`set -e\n${blocks.find((block) => block.includes('keygen'))}`, folder, { PATH })
  expect(await split.ended, split.output()).toBe(0)
  expect(readFileSync(join(folder, 'encryption_keys'), 'utf8')).toMatch(
    /^k\d+-[0-9a-f]{6}:[A-Za-z0-9+/]{43}=\n$/,
  )
  expect(readFileSync(join(folder, 'jwt_secret'), 'utf8')).toMatch(/^[A-Za-z0-9+/]{64}\n$/)
})

test('the documented KMS commands return the keys if each tool prints what its documentation says', async () => {
  expect(commands.map((command) => /^\w+ \w+/.exec(command)?.[0])).toEqual([
    'aws kms',
    'gcloud kms',
    'vault write',
    'sops decrypt',
  ])
  const inBase64 = Buffer.from(`${keys}\n`).toString('base64')
  const PATH = standIns({
    aws: `echo ${inBase64}`,
    gcloud: `echo ${keys}`,
    vault: `printf %s ${inBase64}`,
    sops: `echo ${keys}`,
  })
  for (const command of commands) {
    const { environment } = await readSources({ PATH, REKEY_ENCRYPTION_KEYS_COMMAND: command })
    expect(environment['REKEY_ENCRYPTION_KEYS'], command).toBe(keys)
  }
})

test('the documented KMS commands fail if the tool fails', async () => {
  const failure = 'echo AccessDenied >&2; exit 1'
  const PATH = standIns({ aws: failure, gcloud: failure, vault: failure, sops: failure })
  for (const command of commands)
    await expect(readSources({ PATH, REKEY_ENCRYPTION_KEYS_COMMAND: command }), command).rejects.toThrow(
      /^REKEY_ENCRYPTION_KEYS_COMMAND: the (output is empty|command exited with code 1)/,
    )
})
