import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newCheckout, runScript } from '../support/checkout.ts'
import { codeBlocks, project, readPage } from '../support/documentation.ts'
import { serve } from '../support/serve.ts'
import { temporaryFolder } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

const unit = readFileSync(join(project, 'deploy/rekey.service'), 'utf8')

/** Returns the values of the unit's lines `name=value`. */
function settings(name: string): string[] {
  return [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)
}

/** Returns the documented commands that contain the text, with this root folder in place of the machine's. */
function documented(text: string, root: string): string {
  const block = codeBlocks(readPage('docs/operations.md'), 'sh').find((commands) => commands.includes(text))
  if (block === undefined) throw new Error(`docs/operations.md has no commands with ${text}`)
  return block
    .replace('<this repository>', project)
    .replace(/(?<=[\s"=>:])\/(opt|etc|var)(?=\/)/g, `${root}/$1`)
}

/**
 * Runs the documented installation. Stand-ins replace `sudo`, `systemctl`, and the steps that download or build: a
 * checkout in the state after `npm ci` already exists. The machine's Node is too old for Rekey.
 * @returns the root folder, and a PATH with the stand-ins
 */
async function install() {
  const root = temporaryFolder()
  const tools = temporaryFolder()
  const standIn = (name: string, script: string) => {
    writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  const pretendOld = join(tools, 'pretend-old.cjs')
  writeFileSync(
    pretendOld,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })",
  )
  standIn('node', `exec '${process.execPath}' --require '${pretendOld}' "$@"`)
  standIn('sudo', 'exec "$@"')
  standIn('systemctl', 'echo "systemctl $*"')
  standIn('git', `ln -s '${newCheckout()}' "$3"`)
  // npm puts the Node in node_modules before the stand-in.
  standIn(
    'npm',
    `case "$*" in ci|'run build'|'prune --omit=dev') exit ;; esac; PATH=\${PATH#*:} exec npm "$@"`,
  )
  mkdirSync(join(root, 'etc/systemd/system'), { recursive: true })
  mkdirSync(join(root, 'opt'))
  const PATH = `${tools}:${process.env['PATH']}`
  const commands = documented('systemctl enable', root)
  const installation = runScript(`set -e\n${commands}`, root, { PATH })
  expect(await installation.ended, installation.output()).toBe(0)
  expect(installation.output()).toContain('systemctl enable --now rekey')
  return { root, PATH }
}

test('the documented installation works with an old Node, and its credentials start the server and its commands', async (context) => {
  needsTools(context, 'npm')
  const { root, PATH } = await install()
  expect(readFileSync(join(root, 'etc/systemd/system/rekey.service'), 'utf8')).toBe(unit)

  // Does for the unit's credentials what systemd does.
  const credentials = temporaryFolder()
  for (const credential of settings('LoadCredential')) {
    const [id = '', path = ''] = credential.split(':')
    expect(statSync(join(root, path)).mode & 0o777).toBe(0o600)
    symlinkSync(join(root, path), join(credentials, id))
  }
  const words = settings('Environment').flatMap((line) => line.split(' '))
  const environment = Object.fromEntries(
    words.map((word) =>
      word.replace('%d', credentials).replace('/var/lib', `${root}/var/lib`).split(/=(.*)/s),
    ),
  ) as Record<string, string>
  expect(Object.keys(environment)).toContain('REKEY_ENCRYPTION_KEYS_FILE')
  const server = await serve(root, environment)

  const audit = runScript(documented('audit verify', root), join(root, 'opt/rekey'), { PATH })
  expect(await audit.ended, audit.output()).toBe(0)
  expect(audit.output()).toContain('"broken":null')
  expect(await server.stop('SIGTERM')).toBe(0)
})
