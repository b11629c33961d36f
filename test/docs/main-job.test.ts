import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { codeBlocks, project, section } from '../support/documentation.ts'
import { freePort } from '../support/free-port.ts'
import { temporaryFolder } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

/** A checkout after `npm ci`, with its own `data/`. */
function checkout(): string {
  const folder = join(temporaryFolder(), 'rekey')
  mkdirSync(folder)
  for (const name of ['package.json', 'node_modules', 'src', 'scripts', 'generated'])
    symlinkSync(join(project, name), join(folder, name))
  return folder
}

/** Runs a script in a process group that is gone after the test. */
function run(script: string, cwd: string, environment: Record<string, string> = {}) {
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
  return { output: () => output, ended: closed.then(([code]) => code as number | null) }
}

test(
  "the README's main job works when pasted in order, with only the ports changed",
  { timeout: 120_000 },
  async (context) => {
    needsTools(context, 'npm', 'curl')
    const folder = checkout()
    const [port, receiverPort] = [String(await freePort()), String(await freePort())]
    const [start = '', ...blocks] = codeBlocks(section('README.md', 'main job'), 'sh')
    const server = run(start, folder, { PORT: port })
    await expect.poll(server.output, { timeout: 30_000 }).toContain('Rekey is ready')

    const script = blocks.join('\n').replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
    const job = run(`set -e\n${script.replaceAll('9000', receiverPort)}`, folder)
    expect(await job.ended, job.output()).toBe(0)

    const lines = job.output().trim().split('\n')
    const statuses = lines.filter((line) => /^\d+$/.test(line))
    expect(statuses, job.output()).toEqual(['204', '204', '204'])
    const probe = JSON.parse(lines.find((line) => line.includes('"proven"')) ?? '{}') as object
    expect(probe).toMatchObject({ proven: true, revokedKeys: [expect.stringMatching(/^whsec_\*{4}/)] })
  },
)
