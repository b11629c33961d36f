import { execFile } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'
import { codeBlocks, readPage } from '../support/documentation.ts'
import { temporaryFolder } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

const project = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** Copies the systemd unit, with this checkout's paths in place of the installed ones. @returns the copy's path */
function unit(change = (text: string) => text): string {
  const file = join(temporaryFolder(), 'rekey.service')
  const text = readFileSync(join(project, 'deploy/rekey.service'), 'utf8').replaceAll('/opt/rekey', project)
  writeFileSync(file, change(text))
  return file
}

test('the Dockerfile has no lint errors', () => {
  const text = readFileSync(join(project, 'Dockerfile'), 'utf8')
  expect(validate(text)).toEqual([])
  expect(validate(text.replace('USER 1000:1000', 'USR 1000:1000'))).toHaveLength(1)
})

test('systemd accepts the unit without a warning', async (context) => {
  needsTools(context, 'systemd-analyze')
  const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', unit()])
  expect(stdout + stderr).toBe('')
  const misspelt = unit((text) => text.replace('ProtectSystem=', 'ProtectSytem='))
  expect((await run('systemd-analyze', ['verify', '--man=no', misspelt])).stderr).toContain('ProtectSytem')
})

test('systemd accepts the documented drop-in for the unit', async (context) => {
  needsTools(context, 'systemd-analyze')
  const [dropIn = ''] = codeBlocks(readPage('docs/operations.md'), 'ini')
  expect(dropIn).toContain('%d/')
  const file = unit((text) => `${text}\n${dropIn}`)
  const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', file])
  expect(stdout + stderr).toBe('')
})

test("systemd rates the unit's exposure at 1.5 out of 10 or lower", async (context) => {
  needsTools(context, 'systemd-analyze')
  const rate = (file: string) =>
    run('systemd-analyze', ['security', '--offline=true', '--threshold=15', '--no-pager', file])
  expect((await rate(unit())).stdout).toContain('OK')
  await expect(rate(unit((text) => text.replace('DynamicUser=yes\n', '')))).rejects.toThrow()
})

test('the Compose file follows the Compose schema', async (context) => {
  needsTools(context, 'docker-compose')
  const folder = temporaryFolder()
  copyFileSync(join(project, 'compose.yaml'), join(folder, 'compose.yaml'))
  const check = () => run('docker-compose', ['config', '--quiet'], { cwd: folder })
  expect((await check()).stderr).toBe('')
  const text = readFileSync(join(folder, 'compose.yaml'), 'utf8')
  writeFileSync(join(folder, 'compose.yaml'), text.replace('cap_drop', 'cap_dropp'))
  await expect(check()).rejects.toThrow('cap_dropp')
})
