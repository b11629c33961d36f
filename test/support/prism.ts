import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { vi } from 'vitest'

export interface Prism {
  /** For example `http://127.0.0.1:40123`. */
  origin: string
  stop: () => Promise<unknown>
}

/** Runs the `npm run mock` script with these arguments on a free port, and resolves once the mock listens. */
export async function startPrism(...args: string[]): Promise<Prism> {
  const script = join(import.meta.dirname, '../../scripts/mock.ts')
  // An empty environment, to test that the mock needs neither a database nor keys.
  const child = spawn(process.execPath, [script, '--port', '0', ...args], { env: {} })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  try {
    const origin = await vi.waitFor(() => listening(output), { timeout: 45_000 })
    return { origin, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function listening(output: string): string {
  const [, origin] = /Prism is listening on (http:\/\/[\d.]+:\d+)/.exec(output) ?? []
  if (origin === undefined) throw new Error(`Prism is not listening:\n${output}`)
  return origin
}
