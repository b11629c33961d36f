import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resumeInvitationsFile } from '../../../src/commands/rotate/invitations-file.ts'
import { temporaryFolder } from '../../support/server.ts'

/** Appends links until the disk is full, then one more that fits. Prints how many were written, and the error. */
const appendUntilFull = `
  const [module, file] = process.argv.slice(1)
  const { createInvitationsFile } = await import(module)
  const links = createInvitationsFile(file, { selection: { applications: '*', webhooks: '*', createdBefore: null }, terms: { expiresInSeconds: 300 } })
  const append = (webhookId, length) =>
    links.append({ applicationId: 'app_1', webhookId, invitationId: 'inv_1', url: 'u'.repeat(length), expiresAt: '' })
  let written = 0
  try {
    for (;;) {
      append('hook_' + written, 500)
      written += 1
    }
  } catch (error) {
    append('last', 1)
    console.log(written + 1, error.code)
  }`

test('append throws if the line does not fit on the disk, and leaves no partial line', () => {
  const file = join(temporaryFolder(), 'out.jsonl')
  const module = join(import.meta.dirname, '../../../src/commands/rotate/invitations-file.ts')
  const limited = ['-c', 'ulimit -f 4; exec "$@"', 'bash', process.execPath, '--input-type=module']
  const output = execFileSync('bash', [...limited, '--eval', appendUntilFull, module, file], {
    encoding: 'utf8',
  })
  const [written, code] = output.trim().split(' ')
  expect(code).toBe('EFBIG')
  expect(Number(written)).toBeGreaterThan(3)
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line) as object)).toHaveLength(Number(written))
  const resumed = resumeInvitationsFile(file)
  expect(resumed.count()).toBe(Number(written))
  resumed.close()
})
