import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import { rekey } from './contenders.ts'
import { fill } from './databases.ts'
import { environment } from './environment.ts'
import { interleave, median } from './interleave.ts'
import { mapValues, type Settings } from './rotation.ts'
import { freePort } from '../../test/support/free-port.ts'

/** Milliseconds from the start of a process to its first 200, on a database that is there; and of `node -e 0`. */
export async function measureStart({ folder, rounds }: Settings): Promise<Record<string, number>> {
  const url = `sqlite:${join(folder, 'start.db')}`
  await fill(url, { webhooks: 1, keysEach: 1, liveEach: 1 })
  const samples = await interleave('start', 2 * rounds + 1, [
    { name: 'node -e 0', measure: () => timeOf(['-e', '0'], (child) => once(child, 'exit')) },
    { name: 'rekey, first 200', measure: () => firstAnswer(url) },
  ])
  return mapValues(samples, median)
}

async function firstAnswer(databaseUrl: string): Promise<number> {
  const port = await freePort()
  const more = { ...environment, DATABASE_URL: databaseUrl, PORT: String(port) }
  return timeOf(rekey, () => until200(`http://127.0.0.1:${port}/readyz`), more)
}

async function timeOf(
  args: string[],
  done: (child: ReturnType<typeof spawn>) => Promise<unknown>,
  more: Record<string, string> = {},
): Promise<number> {
  const start = performance.now()
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...more },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await done(child)
  const milliseconds = performance.now() - start
  if (child.exitCode === null) {
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
  return milliseconds
}

async function until200(url: string): Promise<void> {
  const until = performance.now() + 30_000
  while (performance.now() < until) {
    if ((await statusOf(url)) === 200) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error('the server did not answer 200 within 30 seconds')
}

/** @returns undefined if there is no answer */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', () => {
      resolve(undefined)
    })
  })
}
