import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { main } from '../support/command.ts'
import { codeBlocks, readPage } from '../support/documentation.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { startReceiver, verifiedWith } from '../support/receivers.ts'
import { startServer, temporaryFolder } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

const [, steps = ''] = /^## After a leak\n(.*?)^### /ms.exec(readPage('docs/operations.md')) ?? []
const oldSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

test(
  'following the documented leak procedure ends the overlap and proves that the receiver refuses the leaked secret',
  { timeout: 60_000 },
  async (context) => {
    needsTools(context, 'curl')
    const folder = temporaryFolder()
    const newSecret = join(folder, 'new-secret.json')
    writeFileSync(join(folder, 'old-secret.json'), JSON.stringify({ signingSecret: oldSecret }))
    // The receiver switches to the new secret as soon as the secret's file exists.
    const receiver = await startReceiver((message) => {
      const file = existsSync(newSecret) ? newSecret : join(folder, 'old-secret.json')
      const { signingSecret } = JSON.parse(readFileSync(file, 'utf8')) as { signingSecret: string }
      return verifiedWith(signingSecret)(message)
    })
    const server = await startServer({ environment: { REKEY_PROBE_ALLOW: 'loopback' } })
    await server.api('PUT', '/applications/app_1', { body: {} })
    await server.api('PUT', '/applications/app_1/webhooks/hook_1', { body: { url: receiver.url } })
    const command = join(folder, 'rekey')
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
    chmodSync(command, 0o755)

    const blocks = codeBlocks(steps, 'sh')
    const probe = blocks.at(-1) ?? ''
    const provesDeath = probe.replace('{"endOverlap":true}', '{"expectPreviousRefused":true}')
    expect(provesDeath).not.toBe(probe)
    const script = [...blocks, provesDeath, 'rekey audit verify'].join('\necho\n')
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-ec', script.replaceAll('http://127.0.0.1:8080', server.origin)],
      {
        cwd: folder,
        env: {
          ...exampleEnvironment,
          DATABASE_URL: server.databaseUrl,
          PATH: `${folder}:${process.env['PATH']}`,
        },
      },
    )

    const [state, ended, dead, audit] = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as object)
    expect(state).toMatchObject({ current: { state: 'current' }, previous: [] })
    expect(ended).toMatchObject({ proven: true, revokedKeys: [expect.stringContaining('whsec_****')] })
    expect(dead).toMatchObject({
      proven: true,
      messages: [{ signedWith: 'current' }, { signedWith: 'random' }, { signedWith: 'previous' }],
    })
    expect(audit).toMatchObject({ broken: null })
  },
)
