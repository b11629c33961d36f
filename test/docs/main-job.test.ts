import { expect, test } from 'vitest'
import { newCheckout, runScript } from '../support/checkout.ts'
import { codeBlocks, section } from '../support/documentation.ts'
import { freePort } from '../support/free-port.ts'
import { needsTools } from '../support/tools.ts'

test(
  "the commands in the README's main-job section work when pasted in order, with only the ports changed",
  { timeout: 120_000 },
  async (context) => {
    needsTools(context, 'npm', 'curl')
    const folder = newCheckout()
    const [port, receiverPort] = [String(await freePort()), String(await freePort())]
    const [start = '', ...blocks] = codeBlocks(section('README.md', 'main job'), 'sh')
    const server = runScript(start, folder, { PORT: port })
    await expect.poll(server.output, { timeout: 30_000 }).toContain('Rekey is ready')

    const script = blocks.join('\n').replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`)
    const job = runScript(`set -e\n${script.replaceAll('9000', receiverPort)}`, folder)
    expect(await job.ended, job.output()).toBe(0)

    const lines = job.output().trim().split('\n')
    const statuses = lines.filter((line) => /^\d+$/.test(line))
    expect(statuses, job.output()).toEqual(['204', '204', '204'])
    const probe = JSON.parse(lines.find((line) => line.includes('"proven"')) ?? '{}') as object
    expect(probe).toMatchObject({ proven: true, revokedKeys: [expect.stringMatching(/^whsec_\*{4}/)] })
  },
)
