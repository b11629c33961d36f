import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export interface ProgramOptions {
  environment: NodeJS.ProcessEnv
  /** Text for the program's standard input, which is empty by default. */
  input?: string
  /** Time limit in milliseconds. */
  limitMs: number
  /** Adds standard error to the output. By default, standard error is discarded. */
  withErrors?: boolean
}

/** Maximum size of a program's output. */
const maxBytes = 65_536

/**
 * Runs a program, without a shell. Kills it, with everything that it started, if it exceeds a limit.
 * @returns its output, and how it failed, such as `exited with code 1`; undefined if it exited with code 0
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { environment, input, limitMs, withErrors = false }: ProgramOptions,
): Promise<{ fault: string | undefined; output: Buffer }> {
  // A process group of its own, so that everything that the program has started ends with it.
  const child = spawn(file, args, { env: environment, detached: true })
  let fault: string | undefined
  const end = (reason: string) => {
    fault ??= reason
    killGroup(child)
    child.stdout.destroy()
    child.stderr.destroy()
  }
  const quit = () => {
    killGroup(child)
  }
  const timer = setTimeout(end, limitMs, `did not end within ${limitMs / 1_000} s`)
  process.once('exit', quit)
  const chunks: Buffer[] = []
  let size = 0
  const collect = (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size > maxBytes) end(`printed more than ${maxBytes} bytes`)
  }
  child.stdout.on('data', collect)
  if (withErrors) child.stderr.on('data', collect)
  else child.stderr.resume()
  // A program that does not read all of its input closes the pipe early. Its exit code says whether it succeeded.
  child.stdin.on('error', () => undefined).end(input)
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    if (code !== 0) fault ??= code === null ? `was ended by ${signal}` : `exited with code ${code}`
  } catch (error) {
    fault = `could not be started: ${(error as Error).message}`
  } finally {
    clearTimeout(timer)
    process.off('exit', quit)
  }
  return { fault, output: Buffer.concat(chunks) }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Every process of the group has ended.
  }
}
