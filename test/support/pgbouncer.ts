import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { freePort } from './free-port.ts'
import { nobody } from './postgres-server.ts'
import { temporaryFolder } from './server.ts'

export interface PgBouncer {
  /** The target's URL with PgBouncer's port. */
  url: string
  /** Kills PgBouncer. Its connections break. */
  kill: () => Promise<void>
  /** Starts PgBouncer again on the same port, with other settings if given. */
  start: (settings?: Record<string, string>) => Promise<void>
}

/**
 * Starts PgBouncer in front of a database until the test ends, with PgBouncer's defaults except for the given settings.
 */
export async function startPgBouncer(
  targetUrl: string,
  settings: Record<string, string> = {},
): Promise<PgBouncer> {
  const target = new URL(targetUrl)
  const folder = temporaryFolder()
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  const users = join(folder, 'users.txt')
  // PgBouncer refuses to run as root, and another user must be able to read its files.
  chmodSync(folder, 0o755)
  writeFileSync(users, `"${target.username}" "${target.password}"\n`)
  let child: ChildProcess | undefined
  const kill = async () => {
    const ended = child?.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    child?.kill('SIGKILL')
    await ended
  }
  const start = async (changed = settings) => {
    const lines = {
      listen_addr: '127.0.0.1',
      listen_port: String(port),
      unix_socket_dir: '',
      auth_file: users,
      ...changed,
    }
    writeFileSync(
      file,
      [
        '[databases]',
        `* = host=${target.hostname} port=${target.port}`,
        '[pgbouncer]',
        ...Object.entries(lines).map(([name, value]) => `${name} = ${value}`),
      ].join('\n'),
    )
    child = spawn('pgbouncer', [file], {
      ...(process.getuid?.() === 0 ? nobody : {}),
      cwd: folder,
      stdio: 'ignore',
    })
    await expect.poll(() => accepts(port), { timeout: 10_000 }).toBe(true)
  }
  onTestFinished(kill)
  await start()
  const url = new URL(targetUrl)
  url.port = String(port)
  return { url: url.href, kill, start }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })
}
