import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { environment } from './environment.ts'

export interface ServerProcess {
  /** For example `http://127.0.0.1:40123`. */
  origin: string
  pid: number
  /** Returns the processor time that the process has used, in microseconds; NaN on systems without /proc. */
  cpu: () => number
  /** Returns the resident memory in MiB. */
  memory: () => number
  /** Stops the server. Resolves once the process has exited. */
  stop: (signal?: NodeJS.Signals) => Promise<void>
}

/** Reads the time in user mode and in the kernel from Linux, which counts in hundredths of a second. */
function cpuMicroseconds(pid: number): number {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return NaN
  const [, fields = ''] = /\) (.*)/.exec(readFileSync(file, 'utf8')) ?? []
  const [user = NaN, system = NaN] = fields.split(' ').slice(11, 13).map(Number)
  return (user + system) * 10_000
}

/** Command-line arguments for Node. */
export type Command = string[]

/** Starts a server, and reads the server's log until the process exits: a full pipe would block the server. */
export async function startServer(
  command: Command,
  databaseUrl: string,
  more: Record<string, string> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, command, {
    env: { PATH: process.env['PATH'], ...environment, DATABASE_URL: databaseUrl, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let ended = false
  let output = ''
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => {
      ended = true
      reject(new Error(`${command.join(' ')} ended with ${String(code)}: ${output}`))
    })
    child.stdout.on('data', (chunk: Buffer) => {
      if (output.length > 10_000) return
      output += chunk.toString()
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? []
      if (found) resolve(found)
    })
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  return {
    origin,
    pid: child.pid ?? 0,
    cpu: () => cpuMicroseconds(child.pid ?? 0),
    memory: () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)])) / 1024,
    async stop(signal = 'SIGTERM') {
      if (ended) throw new Error(`${command.join(' ')} ended unexpectedly: ${output}`)
      const exit = once(child, 'exit')
      child.kill(signal)
      await exit
      process.off('exit', kill)
    },
  }
}
