import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { main } from '../support/command.ts'
import { openConsole } from '../support/console.ts'
import { codeBlocks, readPage } from '../support/documentation.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { startReceiver, verifiedWith } from '../support/receivers.ts'
import { provision, startServer } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

const page = readPage('docs/leaked-secret.md')

/** Starts a server whose webhook has a secret that leaked, and a receiver that verifies with `secretOf()`. */
async function leak(secretOf: () => string | undefined) {
  const server = await startServer({ environment: { REKEY_PROBE_ALLOW: 'loopback' } })
  const webhook = await provision(server)
  const { signingSecret: leaked } = (await server.api('PATCH', `${webhook}/secret`)).body
  const receiver = await startReceiver((message) => verifiedWith(secretOf() ?? leaked)(message))
  await server.api('PUT', webhook, { body: { url: receiver.url } })
  return { server, webhook, leaked }
}

test(
  'the commands for a leaked secret lead from the pasted secret to a complete report',
  { timeout: 60_000 },
  async (context) => {
    needsTools(context, 'curl', 'jq', 'bash')
    let folder = ''
    // The receiver switches to the new secret as soon as the secret's file is complete.
    const { server, leaked } = await leak(() => {
      const file = join(folder, 'new-secret.json')
      return existsSync(file)
        ? (JSON.parse(readFileSync(file, 'utf8')) as { signingSecret: string }).signingSecret
        : undefined
    })
    folder = server.folder
    const command = join(folder, 'rekey')
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
    chmodSync(command, 0o755)
    const script = codeBlocks(page, 'sh').join('\n').replaceAll('http://127.0.0.1:8080', server.origin)
    const shell = spawn('bash', ['--norc', '-ec', script], {
      cwd: folder,
      env: {
        ...exampleEnvironment,
        DATABASE_URL: server.databaseUrl,
        PATH: `${folder}:${process.env['PATH']}`,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    shell.stdin.end(`${leaked}\n`)
    const [output, errors, [code]] = await Promise.all([
      text(shell.stdout),
      text(shell.stderr),
      once(shell, 'close') as Promise<[number]>,
    ])
    expect([code, errors]).toEqual([0, ''])
    const lines = output.split('\n').filter(Boolean)
    const [found, switched, refused, audit] = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as object)
    expect(found).toMatchObject({
      items: [{ applicationId: 'app_1', webhookId: 'hook_1', state: 'current' }],
      nextCursor: null,
    })
    expect(switched).toMatchObject({ proven: true, revokedKeys: [expect.stringContaining('whsec_****')] })
    expect(refused).toMatchObject({
      proven: true,
      messages: [{}, {}, { signedWith: 'previous', verdict: 'refused' }],
    })
    expect(audit).toMatchObject({ broken: null })
    const report = lines.filter((line) => line.includes('\t')).map((line) => line.split('\t'))
    expect(report.slice(0, 4).map(([, type, , reason]) => [type, reason])).toEqual([
      ['receiver.probed', 'proven: current accepted, random refused, previous refused'],
      ['secret.previous_revoked', ''],
      ['receiver.probed', 'proven: current accepted, random refused'],
      ['secret.rotated', 'leaked in a CI log'],
    ])
  },
)

test(
  'the steps for a leaked secret work in the console, by the names that the page gives',
  { timeout: 60_000 },
  async (context) => {
    const receiver: { secret?: string } = {}
    const { server, leaked } = await leak(() => receiver.secret)
    const { page: browser } = await openConsole(context, server)
    const steps = [...page.matchAll(/^\*\*In the console:\*\*(.*)$/gm)]
      .map(([, step = '']) => step)
      .join('\n')
    const named = [...steps.matchAll(/\*\*(.+?)\*\*/g)].map(([, name = '']) => name)
    const press = async (name: string) => {
      expect(named.splice(0, 1)).toEqual([name])
      await browser.getByRole('button', { name, exact: true }).click()
    }
    expect(named.splice(0, 1)).toEqual(['Sign in'])
    expect(named.splice(0, 1)).toEqual(['Find a secret'])
    await browser.getByRole('link', { name: 'Find a secret' }).click()
    await browser.getByLabel('Secret').fill(leaked)
    await press('Find its webhook')
    await browser.getByRole('link', { name: 'hook_1' }).click()
    await press('Rotate secret…')
    await browser.getByLabel('Reason').fill('leaked in a CI log')
    await press('Rotate')
    receiver.secret = await browser.locator('.secret .value').innerText()
    expect(named.splice(0, 1)).toEqual(['Copy'])
    await browser.getByRole('button', { name: 'Copy' }).waitFor()
    await press('Download')
    await press('Probe the receiver')
    await press('End the overlap now')
    await browser.getByText('The overlap has ended:').waitFor()
    await press('Probe with inactive keys too')
    await browser.getByText(/✓\s+Signed with\s+the previous key whsec_\S+:\s+refused/).waitFor()
    expect(named).toEqual(['Audit trail'])
    await browser.getByRole('heading', { name: 'Audit trail' }).waitFor()
    await browser.getByText('leaked in a CI log').first().waitFor()
  },
)
