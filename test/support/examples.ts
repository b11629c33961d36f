import { execFile, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { WebhookPath } from './documented-body.ts'
import { freePort } from './free-port.ts'
import { startReceiver, verifiedWith } from './receivers.ts'
import { provision, startServer, type TestServer } from './server.ts'
import { token } from './tokens.ts'
import { needsTools } from './tools.ts'

const run = promisify(execFile)
export const examples = join(import.meta.dirname, '../../examples')
export const payload = '{"type":"invoice.paid","data":{"total":"12,50 €"}}'

export interface Example {
  language: string
  tools: string[]
  /** Builds the program if necessary. @returns the command that runs it */
  command: () => string[] | Promise<string[]>
}

/** Defines the tests that a receiver in any language must pass. Its messages come from the sender in JavaScript. */
export function testReceivers(receivers: Example[]): void {
  test.for(receivers)(
    'the $language receiver accepts the old and the new secret during an overlap, and only the new secret afterward',
    { timeout: 150_000 },
    async ({ tools, command }, context) => {
      needsTools(context, ...tools)
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

  test.for(receivers)(
    'the $language receiver rejects malformed or changed messages, and timestamps over 5 minutes in the past or future',
    { timeout: 150_000 },
    async ({ tools, command }, context) => {
      needsTools(context, ...tools)
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

  test.for(receivers)(
    'the $language receiver accepts no message if its secret is empty',
    { timeout: 150_000 },
    async ({ tools, command }, context) => {
      needsTools(context, ...tools)
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
}

/** Defines the test that a sender in any language must pass. */
export function testSenders(senders: Example[]): void {
  test.for(senders)(
    'the $language sender retries with the same message ID, a new timestamp and a new signature',
    { timeout: 150_000 },
    async ({ tools, command }, context) => {
      needsTools(context, ...tools)
      const program = await command()
      const server = await startServer()
      const { body } = await server.api('PATCH', `${await provision(server)}/secret`)
      const verify = verifiedWith(body.signingSecret)
      let attempts = 0
      const receiver = await startReceiver((message) => (attempts++ === 0 ? 503 : verify(message)))
      expect(await runSender(server, receiver.url, program)).toMatch(/^(msg_\S+) .*503.*\n\1 204\n$/)
      const [first, second] = receiver.messages.map(({ headers }) => headers)
      expect(second?.['webhook-id']).toBe(first?.['webhook-id'])
      expect(second?.['webhook-timestamp']).not.toBe(first?.['webhook-timestamp'])
      expect(receiver.messages.map(({ body }) => body)).toEqual([payload, payload])
    },
  )
}

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

export const javascriptSender = [process.execPath, join(examples, 'sender.mjs')]

async function runSender(
  { origin }: TestServer,
  receiverUrl: string,
  [program = '', ...args] = javascriptSender,
): Promise<string> {
  const { stdout } = await run(program, [...args, payload], {
    env: {
      PATH: process.env['PATH'],
      // Java decodes its arguments by the locale.
      LC_ALL: 'C.UTF-8',
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
