import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import { rekey } from './contenders.ts'
import { fill } from './databases.ts'
import { tableOf, type Settings, type Table } from './figures.ts'
import { interleave } from './interleave.ts'
import { startServer } from './server.ts'

/**
 * Measures the startup time (from process start to the first 200, with an existing database) and, for comparison, the
 * run time of `node -e 0`.
 */
export async function measureStart({ folder, rounds }: Settings): Promise<Table> {
  const url = `sqlite:${join(folder, 'start.db')}`
  await fill(url, { webhooks: 1, keysEach: 1, liveEach: 1 })
  const samples = await interleave('start', 2 * rounds + 1, [
    { name: 'node -e 0', measure: wholeRun },
    { name: 'rekey, first 200', measure: () => firstAnswer(url) },
  ])
  return tableOf(
    Object.fromEntries(
      Object.entries(samples).map(([name, times]) => [name, times.map((milliseconds) => ({ milliseconds }))]),
    ),
  )
}

async function wholeRun(): Promise<number> {
  const start = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return performance.now() - start
}

/**
 * Measures the time from process start to the first response, in milliseconds. Sends the request only once the server
 * has logged its origin, because polling would slow the startup.
 */
async function firstAnswer(databaseUrl: string): Promise<number> {
  const start = performance.now()
  const { origin, stop } = await startServer(rekey, databaseUrl)
  const status = await statusOf(`${origin}/readyz`)
  const milliseconds = performance.now() - start
  await stop()
  if (status !== 200) throw new Error(`the first response of the server was ${status}`)
  return milliseconds
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject)
  })
}
