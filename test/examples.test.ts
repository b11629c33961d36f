import { execFile, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { WebhookPath } from './support/documented-body.ts'
import { freePort } from './support/free-port.ts'
import { startReceiver, verifiedWith } from './support/receivers.ts'
import { provision, startServer, temporaryFolder, type TestServer } from './support/server.ts'
import { token } from './support/tokens.ts'
import { needsTools } from './support/tools.ts'

const run = promisify(execFile)
const examples = join(import.meta.dirname, '../examples')
const payload = '{"type":"invoice.paid","data":{"total":"12,50 €"}}'

interface Language {
  name: string
  tool: string
  /** Builds the receiver if necessary. @returns the command that runs it */
  command: () => string[] | Promise<string[]>
}

const languages: Language[] = [
  { name: 'Python', tool: 'python3', command: () => ['python3', join(examples, 'receiver.py')] },
  { name: 'JavaScript', tool: 'node', command: () => [process.execPath, join(examples, 'receiver.mjs')] },
  { name: 'Go', tool: 'go', command: buildGo },
  { name: 'Ruby', tool: 'ruby', command: () => ['ruby', join(examples, 'receiver.rb')] },
]

test('each example has fewer than 40 lines', () => {
  const files = globSync('*.{go,mjs,py,rb}', { cwd: examples })
  expect(files).toHaveLength(6)
  for (const file of files)
    expect(readFileSync(join(examples, file), 'utf8').trimEnd().split('\n').length, file).toBeLessThan(40)
})

test.for(languages)(
  'the $name receiver accepts the old and the new secret during an overlap, and only the new secret afterward',
  { timeout: 150_000 },
  async ({ tool, command }, context) => {
    needsTools(context, tool)
    const program = await command()
    const server = await startServer()
    const webhook = await provision(server)
    const rotate = async () => (await server.api('PATCH', `${webhook}/secret`)).body.signingSecret

    const oldSecret = await rotate()
    const before = await sign(server, webhook)
    const newSecret = await rotate()
    const during = await sign(server, webhook)
    const start = (...secrets: string[]) => startExample(program, secrets.join(' '))
    const [withOld, withNew, withBoth] = await Promise.all([
      start(oldSecret),
      start(newSecret),
      start(newSecret, oldSecret),
    ])
    const statuses = (message: Message) =>
      Promise.all([withOld, withNew, withBoth].map((receiver) => post(receiver, message)))

    expect(await statuses(before)).toEqual([204, 401, 204])
    expect(await statuses(during)).toEqual([204, 204, 204])
    expect(await runSender(server, withBoth)).toMatch(/^msg_\S+ 204\n$/)

    await server.api('DELETE', `${webhook}/secret/previous`)
    expect(await statuses(await sign(server, webhook))).toEqual([401, 204, 204])
  },
)

test.for(languages)(
  'the $name receiver rejects malformed or changed messages, and timestamps over 5 minutes in the past or future',
  { timeout: 150_000 },
  async ({ tool, command }, context) => {
    needsTools(context, tool)
    const server = await startServer()
    const webhook = await provision(server)
    const { body } = await server.api('PATCH', `${webhook}/secret`)
    const receiver = await startExample(await command(), body.signingSecret)
    const signed = await sign(server, webhook)
    const seconds = Number(signed.headers['webhook-timestamp'])
    const changed = (headers: Record<string, string>) => ({
      ...signed,
      headers: { ...signed.headers, ...headers },
    })

    expect(await post(receiver, signed)).toBe(204)
    const rejected: Record<string, Message> = {
      'tampered body': { ...signed, payload: payload.replace('12', '13') },
      'another id': changed({ 'webhook-id': 'msg_other' }),
      'another timestamp': changed({ 'webhook-timestamp': `${seconds + 1}` }),
      'old timestamp': await sign(server, webhook, { timestamp: seconds - 310 }),
      'future timestamp': await sign(server, webhook, { timestamp: seconds + 310 }),
      'malformed timestamp': changed({ 'webhook-timestamp': 'now' }),
      'huge timestamp': changed({ 'webhook-timestamp': '9'.repeat(5000) }),
      'malformed signature': changed({ 'webhook-signature': 'v1 ,, v1,é' }),
      'no headers': { payload, headers: {} },
    }
    for (const [name, message] of Object.entries(rejected))
      expect(await post(receiver, message), name).toBe(401)
    expect(await post(receiver, signed), 'still runs').toBe(204)
  },
)

test.for(languages)(
  'the $name receiver accepts no message if its secret is empty',
  { timeout: 150_000 },
  async ({ tool, command }, context) => {
    needsTools(context, tool)
    const program = await command()
    const timestamp = `${Math.floor(Date.now() / 1000)}`
    const signature = createHmac('sha256', '').update(`msg_1.${timestamp}.${payload}`).digest('base64')
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    }
    for (const secrets of ['', 'whsec_']) {
      // The receiver either rejects the message or does not start.
      const receiver = await startExample(program, secrets).catch(() => undefined)
      if (receiver !== undefined) expect(await post(receiver, { payload, headers })).toBe(401)
    }
  },
)

test('the sender retries with the same message ID, a new timestamp and a new signature', async () => {
  const server = await startServer()
  const { body } = await server.api('PATCH', `${await provision(server)}/secret`)
  const verify = verifiedWith(body.signingSecret)
  let attempts = 0
  const receiver = await startReceiver((message) => (attempts++ === 0 ? 503 : verify(message)))
  expect(await runSender(server, receiver.url)).toMatch(/^msg_\S+ Error: receiver: 503\nmsg_\S+ 204\n$/)
  const [first, second] = receiver.messages.map(({ headers }) => headers)
  expect(second?.['webhook-id']).toBe(first?.['webhook-id'])
  expect(second?.['webhook-timestamp']).not.toBe(first?.['webhook-timestamp'])
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

interface Message {
  payload: string
  headers: Record<string, string>
}

async function sign({ api }: TestServer, webhook: WebhookPath, options: object = {}): Promise<Message> {
  const { body } = await api('POST', `${webhook}/signatures`, { body: { payload, ...options } })
  return { payload, headers: body.headers }
}

async function post(url: string, { payload: body, headers }: Message): Promise<number> {
  return (await fetch(url, { method: 'POST', headers, body })).status
}

async function runSender({ origin }: TestServer, receiverUrl: string): Promise<string> {
  const { stdout } = await run(process.execPath, [join(examples, 'sender.mjs'), payload], {
    env: {
      REKEY_URL: origin,
      REKEY_TOKEN: await token({ scope: 'messages:sign' }),
      ...{ APPLICATION_ID: 'app_1', WEBHOOK_ID: 'hook_1', RECEIVER_URL: receiverUrl },
    },
  })
  return stdout
}

/** Starts a receiver that runs until the test ends. Rejects if it exits before it listens. @returns its URL */
async function startExample([program = '', ...args]: string[], secrets: string): Promise<string> {
  const port = await freePort()
  const child = spawn(program, args, {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], WEBHOOK_SECRETS: secrets, PORT: `${port}` },
  })
  onTestFinished(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const url = `http://127.0.0.1:${port}/`
  while (child.exitCode === null) {
    const listens = await fetch(url, { method: 'POST' }).then(
      () => true,
      () => false,
    )
    if (listens) return url
    await delay(20)
  }
  throw new Error(`${program} ended with ${child.exitCode}`)
}

async function buildGo(): Promise<string[]> {
  const file = join(temporaryFolder(), 'receiver')
  await run('go', ['build', '-o', file, join(examples, 'receiver.go')], {
    // The receiver uses only the standard library, so the build needs no C compiler and no network.
    env: { ...process.env, CGO_ENABLED: '0', GOPROXY: 'off', GOTOOLCHAIN: 'local' },
  })
  return [file]
}
