import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Environment } from './config.ts'
import { maxValueBytes } from './value-text.ts'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a shell command for up to `limitMs` milliseconds. Discards its standard error, which may contain keys like its
 * output. A stop signal ends the command and this process.
 * @returns its standard output
 * @throws Error that says how the command failed, without quoting its output
 */
export async function runKeysCommand(
  command: string,
  environment: Environment,
  limitMs: number,
): Promise<Buffer> {
  // A process group of its own, so that everything that the command has started ends with it.
  const child = spawn('sh', ['-c', command], {
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let fault: string | undefined
  const end = (reason: string) => {
    fault = reason
    killGroup(child)
    child.stdout.destroy()
  }
  const quit = () => {
    killGroup(child)
    process.exit(1)
  }
  const timer = setTimeout(end, limitMs, `did not end within ${limitMs / 1_000} s`)
  for (const signal of stopSignals) process.on(signal, quit)
  const chunks: Buffer[] = []
  let size = 0
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size > maxValueBytes) end(`printed more than ${maxValueBytes} bytes`)
  })
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    if (code !== 0) fault ??= code === null ? `was ended by ${signal}` : `exited with code ${code}`
  } catch (error) {
    fault = `could not be started: ${(error as Error).message}`
  } finally {
    clearTimeout(timer)
    for (const signal of stopSignals) process.off(signal, quit)
  }
  if (fault !== undefined)
    throw new Error(
      `the command ${fault}; run it yourself to see why, because Rekey does not log what the command prints`,
    )
  return Buffer.concat(chunks)
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Every process of the group has ended.
  }
}
