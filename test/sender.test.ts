import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startReceiver, verifiedWith } from './support/receivers.ts'
import { provision, startServer, temporaryFolder } from './support/server.ts'
import { token } from './support/tokens.ts'
import { needsTools } from './support/tools.ts'

const run = promisify(execFile)
const page = readFileSync(join(import.meta.dirname, '../docs/api.md'), 'utf8')
const [section = ''] = /<!-- sender:.*<!-- \/sender -->/s.exec(page) ?? []

function block(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section) ?? []
  if (text === undefined) throw new Error(`the section has no block in ${language}`)
  return text
}

async function signer() {
  const server = await startServer()
  const webhook = await provision(server)
  const { body } = await server.api('PATCH', `${webhook}/secret`)
  const environment = {
    PATH: process.env['PATH'],
    BASE_URL: server.origin,
    TOKEN: await token({ scope: 'messages:sign' }),
  }
  return { environment, secret: body.signingSecret }
}

test('with a token that can only sign, the documented sender delivers messages that the receiver verifies', async () => {
  const { environment, secret } = await signer()
  const receiver = await startReceiver(verifiedWith(secret))
  const file = join(temporaryFolder(), 'sender.mjs')
  writeFileSync(file, block('javascript'))
  const { stdout } = await run(process.execPath, [file], { env: { ...environment, RECEIVER: receiver.url } })
  expect(stdout.trim()).toBe('204')
  expect(receiver.messages.map(({ headers }) => headers['webhook-id'])).toEqual(['evt_1'])
})

test('the documented curl command returns the headers of a signed message', async (context) => {
  needsTools(context, 'curl')
  const { environment } = await signer()
  const { stdout } = await run('sh', ['-c', block('shell')], { env: environment })
  expect(JSON.parse(stdout)).toMatchObject({
    headers: { 'webhook-id': 'evt_1', 'webhook-signature': expect.stringMatching(/^v1,/) },
  })
})
