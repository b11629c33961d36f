import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { vi } from 'vitest'

export interface Mock {
  /** For example `http://127.0.0.1:40123`. */
  origin: string
  stop: () => Promise<unknown>
}

const script = join(import.meta.dirname, '../../scripts/mock.ts')

/** Runs the `npm run mock` script with these arguments on a free port, and resolves once the mock listens. */
export async function startMock(...args: string[]): Promise<Mock> {
  const { child, output, ended } = run(['--port', '0', ...args])
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  try {
    const origin = await vi.waitFor(() => listening(output()), { timeout: 45_000 })
    return { origin, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Runs the script until it ends. */
export async function mockCommand(...args: string[]) {
  const { ended, stdout, stderr } = run(args)
  return { code: await ended, stdout: stdout(), stderr: stderr() }
}

/** Replaces the documented secret in an example with the valid one that the mock returns. */
export function mockedExample(example: unknown): unknown {
  const valid = 'whsec_T25seSB0aGUgbW9jayBrbm93cywgMDAwMDAwMzYwODA='
  return example === undefined
    ? undefined
    : (JSON.parse(JSON.stringify(example).replaceAll('whsec_new_full_secret_value', valid)) as unknown)
}

function run(args: string[]) {
  // An empty environment, to test that the mock needs neither a database nor keys.
  const child = spawn(process.execPath, [script, ...args], { env: {} })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return { child, ended, stdout: () => stdout, stderr: () => stderr, output: () => stdout + stderr }
}

/** Prism and the stateful mock log when they listen. */
function listening(output: string): string {
  const [, origin] = /(?:Prism|mock) is listening on (http:\/\/[\d.]+:\d+)/.exec(output) ?? []
  if (origin === undefined) throw new Error(`the mock is not listening:\n${output}`)
  return origin
}
