import { execFileSync } from 'node:child_process'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLogger } from '../src/logger.ts'
import { token } from './support/tokens.ts'

function logged(write: (logger: ReturnType<typeof createLogger>) => void, level = 'info'): string {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  write(createLogger(level, sink))
  return lines.join('')
}

test("logs an error's type, message, code, stack and causes, and no other properties", () => {
  const cause = Object.assign(new TypeError('the reason'), { body: 'a raw request' })
  const error = Object.assign(new Error('what failed', { cause }), { code: 'E_FAILED', query: 'a query' })
  const line = logged((logger) => {
    logger.error({ error }, 'failed')
  })
  const { error: entry } = JSON.parse(line) as { error: unknown }
  expect(entry).toEqual({
    type: 'Error',
    message: 'what failed',
    code: 'E_FAILED',
    stack: error.stack,
    cause: { type: 'TypeError', message: 'the reason', stack: cause.stack },
  })
})

test('logs only the type of a thrown value that is not an Error', () => {
  const line = logged((logger) => {
    logger.error({ cause: 'a text with a password' }, 'failed')
  })
  expect(JSON.parse(line)).toHaveProperty('cause', 'string')
})

test.each(['whsec_', 'whsk_'])('redacts %s and tokens everywhere, but not fingerprints', async (prefix) => {
  const secret = `${prefix}${Buffer.alloc(32, 255).toString('base64')}`
  const jwt = await token()
  const line = logged((logger) => {
    logger.info({ id: secret, error: new Error(`cannot parse ${jwt}`) }, `whsec_****b7d1 ${secret} and more`)
  })
  expect(line).not.toContain(secret.slice(6, 20))
  expect(line).not.toContain(jwt.split('.')[1])
  expect(JSON.parse(line)).toMatchObject({ id: '[secret]', msg: 'whsec_****b7d1 [secret] and more' })
})

test('writes no lines below the configured level', () => {
  const write = (logger: ReturnType<typeof createLogger>) => {
    logger.info('listening')
  }
  expect(logged(write, 'warn')).toBe('')
  expect(logged(write)).toContain('listening')
})

test('keeps the first lines logged in one event loop turn, even if they exceed the buffer limit', () => {
  const program = `
    const { createLogger, standardOutput } = await import('./src/logger.ts')
    const logger = createLogger('info', await standardOutput())
    for (let i = 0; i < 10_000; i++) logger.info({ i, text: 'x'.repeat(150) }, 'line')`
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    maxBuffer: 1e7,
  })
  const lines = output.toString().trimEnd().split('\n')
  expect(lines.slice(0, 4_000).map((line) => (JSON.parse(line) as { i: number }).i)).toEqual([
    ...Array(4_000).keys(),
  ])
})
