import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Environment } from '../../src/config/config.ts'

/** Path of the program that the `rekey` command runs. */
export const main = join(import.meta.dirname, '../../src/main.ts')

export interface CommandResult {
  code: number | null
  stdout: string
  stderr: string
}

export interface CommandOptions {
  cwd: string
  environment?: Environment
  /** Text for standard input, which is empty by default. */
  input?: string
  /** Polled every 5 ms. The process is killed once this returns true. */
  killWhen?: () => boolean | Promise<boolean>
  /** The signal that kills the process. Defaults to SIGKILL. */
  signal?: NodeJS.Signals
}

/** Runs `rekey` in a separate process with exactly this environment. */
export function rekey(
  args: string[],
  { cwd, environment = {}, input, killWhen, signal = 'SIGKILL' }: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.end(input)
    let ended = false
    const watch = async () => {
      while (!ended && !(await killWhen?.())) await delay(5)
      child.kill(signal)
    }
    if (killWhen) watch().catch(reject)
    const result = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        result[name] += text
      })
    }
    child.once('error', reject).once('close', (code) => {
      ended = true
      resolve({ code, ...result })
    })
  })
}
