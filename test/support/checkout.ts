import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { project } from './documentation.ts'
import { temporaryFolder } from './server.ts'

/** Creates a checkout in the state after `npm ci`, without a `data/` folder. */
export function newCheckout(): string {
  const folder = join(temporaryFolder(), 'rekey')
  mkdirSync(folder)
  for (const name of ['package.json', 'node_modules', 'src', 'scripts', 'generated', 'deploy'])
    symlinkSync(join(project, name), join(folder, name))
  return folder
}

/** Runs an `sh` script, and kills its whole process group when the test ends. */
export function runScript(script: string, cwd: string, environment: Record<string, string> = {}) {
  const { PATH, HOME } = process.env
  const child = spawn('sh', ['-c', script], { cwd, env: { PATH, HOME, ...environment }, detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const closed = once(child, 'close')
  onTestFinished(async () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL')
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
    await closed
  })
  return { pid: child.pid ?? 0, output: () => output, ended: closed.then(([code]) => code as number | null) }
}
