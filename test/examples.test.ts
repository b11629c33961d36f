import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { examples, javascriptSender, payload, testReceivers, testSenders } from './support/examples.ts'
import { freePort } from './support/free-port.ts'
import { goEnvironment } from './support/go.ts'
import { startReceiver, verifiedWith } from './support/receivers.ts'
import { provision, startServer, temporaryFolder } from './support/server.ts'
import { token } from './support/tokens.ts'

// Examples in languages that most machines lack run in test/generators/examples.test.ts.
testReceivers([
  { language: 'Python', tools: ['python3'], command: () => ['python3', join(examples, 'receiver.py')] },
  {
    language: 'JavaScript',
    tools: ['node'],
    command: () => [process.execPath, join(examples, 'receiver.mjs')],
  },
  { language: 'Go', tools: ['go'], command: buildGo },
  { language: 'Ruby', tools: ['ruby'], command: () => ['ruby', join(examples, 'receiver.rb')] },
])

testSenders([{ language: 'JavaScript', tools: ['node'], command: () => javascriptSender }])

test('each example has fewer than 40 lines', () => {
  const files = globSync('*.{go,java,mjs,php,py,rb,rs}', { cwd: examples })
  expect(files).toHaveLength(12)
  for (const file of files)
    expect(readFileSync(join(examples, file), 'utf8').trimEnd().split('\n').length, file).toBeLessThan(40)
})

test('while Rekey is down, a fan-out waits in the queue, and each webhook is delivered once Rekey is back', async () => {
  const environment = { PORT: String(await freePort()) }
  const down = await startServer({ environment })
  const secrets = new Map<string, string>()
  for (const id of ['hook_1', 'hook_2']) {
    const { body } = await down.api('PATCH', `${await provision(down, 'app_1', id)}/secret`)
    secrets.set(id, body.signingSecret)
  }
  const unrotated = await provision(down, 'app_1', 'hook_3')
  await down.close()
  const receivers = await Promise.all(
    [...secrets.values()].map((secret) => startReceiver(verifiedWith(secret))),
  )
  const [first, second] = receivers.map(({ url }) => url)
  const targets = [`hook_1=${first}`, `hook_2=${second}`, `hook_3=${first}`]
  const sender = spawn(process.execPath, [join(examples, 'fan-out.mjs'), payload, ...targets], {
    env: {
      ...{ REKEY_URL: down.origin, APPLICATION_ID: 'app_1' },
      REKEY_TOKEN: await token({ scope: 'messages:sign' }),
    },
  })
  let output = ''
  sender.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = once(sender, 'exit')
  const prints = (text: string) => expect.poll(() => output, { timeout: 15_000 }).toContain(text)
  await prints('fetch failed')
  const server = await startServer({ environment, beside: down })
  await prints('hook_3: This webhook has no signing secret yet.')
  await server.api('PATCH', `${unrotated}/secret`, { body: { signingSecret: secrets.get('hook_1') } })
  expect([await ended, output]).toEqual([[0, null], expect.stringContaining('3 delivered, 0 not')])
  const ids = receivers.flatMap(({ messages }) => messages.map(({ headers }) => headers['webhook-id']))
  expect(ids).toHaveLength(3)
  expect(new Set(ids).size).toBe(1)
})

async function buildGo(): Promise<string[]> {
  const file = join(temporaryFolder(), 'receiver')
  await promisify(execFile)('go', ['build', '-o', file, join(examples, 'receiver.go')], {
    env: { ...process.env, ...goEnvironment },
  })
  return [file]
}
