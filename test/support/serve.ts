import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { main } from './command.ts'
import { ledgerVariable } from './ledger.ts'
import { ledgerOf, searchDatabase, searchLog } from './secret-search.ts'

export interface ServerProcess {
  pid: number
  /** For example `http://127.0.0.1:40123`. */
  origin: string
  /** Standard output so far. */
  output: () => string
  /** Standard error so far. */
  errors: () => string
  /** Sends the signal, and resolves with the exit code once the process has exited; null if the signal killed it. */
  stop: (signal: NodeJS.Signals) => Promise<number | null>
}

const noteSecrets = join(import.meta.dirname, 'note-secrets.ts')
const searched = new Set<string>()

/**
 * Runs `rekey serve` in a separate process on a free port until the test ends, and resolves once the server listens.
 * After the test, searches the server's database and standard output for the secrets that it returned.
 * @param program the arguments for Node.js before `serve`
 * @param wrapper a command that runs the program in its arguments, in the same process
 */
export async function serve(
  cwd: string,
  environment: Environment = {},
  program: string[] = [main],
  wrapper: string[] = [],
): Promise<ServerProcess> {
  searchAfterwards(cwd, environment)
  const node = [process.execPath, '--import', noteSecrets, ...program, 'serve']
  const [command = '', ...args] = [...wrapper, ...node]
  const child = spawn(command, args, {
    cwd,
    env: { PORT: '0', [ledgerVariable]: ledgerOf(cwd), ...environment },
  })
  let output = ''
  onTestFinished(() => {
    searchLog(output, cwd)
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const ready = environment['NODE_ENV'] === 'production' ? '"listening"' : 'Bearer ey'
  await expect.poll(() => output, { timeout: 30_000 }).toContain(ready)
  return {
    pid: child.pid ?? 0,
    origin: /http:\/\/[\d.]+:\d+/.exec(output)?.[0] ?? '',
    output: () => output,
    errors: () => errors,
    stop: (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

/**
 * When the test ends, checks that the folder's database contains no secret in plaintext. Runs once per folder, after
 * all of its servers have exited.
 */
function searchAfterwards(cwd: string, { DATABASE_URL, DATABASE_URL_FILE: file }: Environment): void {
  if (searched.has(cwd)) return
  searched.add(cwd)
  const url = file === undefined ? DATABASE_URL : readFileSync(file, 'utf8').trim()
  onTestFinished(() => searchDatabase(url ?? `sqlite:${join(cwd, 'data', 'rekey.db')}`, cwd))
}
