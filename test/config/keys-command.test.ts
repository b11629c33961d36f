import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ConfigError } from '../../src/config/config-error.ts'
import { readSources } from '../../src/config/sources.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { temporaryFolder } from '../support/server.ts'

const keys = exampleEnvironment['REKEY_ENCRYPTION_KEYS'] ?? ''
const sayWhy = 'run it yourself to see why, because Rekey does not log what the command prints'
const { PATH } = process.env

/** Returns the keys that a command yields within the limit, or the faults. */
async function run(command: string, limitMs?: number): Promise<string | string[]> {
  try {
    const { environment } = await readSources({ PATH, REKEY_ENCRYPTION_KEYS_COMMAND: command }, limitMs)
    return environment['REKEY_ENCRYPTION_KEYS'] ?? ''
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

test.each([
  `echo ${keys}`,
  `printf %s ${keys}`,
  `printf '%s' '${keys}' | cat\n`,
  `echo warning >&2; echo ${keys}`,
])('reads the encryption keys from the standard output of the command: %j', async (command) => {
  expect(await run(command)).toBe(keys)
})

test('the command has no input, and no terminal on which it could ask for a password', async () => {
  expect(await run('cat; (: < /dev/tty) 2> /dev/null || echo no terminal')).toBe('no terminal')
})

test.each([
  [`echo ${keys}; echo ${keys} >&2; exit 3`, `the command exited with code 3; ${sayWhy}`],
  [`echo ${keys}; kill -9 $$`, `the command was ended by SIGKILL; ${sayWhy}`],
  ['rekey-kms-that-is-not-installed', `the command exited with code 127; ${sayWhy}`],
  ['false | cat', 'the output is empty; it must contain the value of REKEY_ENCRYPTION_KEYS alone, in UTF-8'],
  [
    `echo REKEY_ENCRYPTION_KEYS=${keys}`,
    'the output contains REKEY_ENCRYPTION_KEYS=; it must contain the value of REKEY_ENCRYPTION_KEYS alone, in UTF-8',
  ],
  ['yes', `the command printed more than 65536 bytes; ${sayWhy}`],
])('the error for the command %j does not repeat what it prints', async (command, fault) => {
  expect(await run(command)).toEqual([`REKEY_ENCRYPTION_KEYS_COMMAND: ${fault}`])
})

const beat = 'while :; do echo >> "$BEATS"; sleep 0.02; done'

test.each([
  ['itself', beat],
  ['in a pipe', `(${beat}) | cat`],
  ['in the background', `echo ${keys}; (${beat}) &`],
])(
  'a command that works %s past its time limit is killed with everything that it started',
  async (_, work) => {
    const beats = join(temporaryFolder(), 'beats')
    expect(await run(`export BEATS=${beats}; ${work}`, 700)).toEqual([
      `REKEY_ENCRYPTION_KEYS_COMMAND: the command did not end within 0.7 s; ${sayWhy}`,
    ])
    const { size } = statSync(beats)
    await setTimeout(200)
    expect(statSync(beats).size).toBe(size)
  },
)

test('the time limit is 30 seconds, and signals are handled only while the command runs', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const handlers = () => process.listenerCount('SIGTERM')
  const before = handlers()
  const running = run('sleep 60')
  expect(handlers()).toBe(before + 1)
  vi.advanceTimersByTime(29_999)
  expect(await Promise.race([running, setTimeout(100, 'still running')])).toBe('still running')
  vi.advanceTimersByTime(1)
  expect(await running).toEqual([expect.stringContaining('within 30 s')])
  expect(handlers()).toBe(before)
})
