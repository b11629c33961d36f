import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Policy } from '../../../src/commands/rotate/policy.ts'
import { createSecretsFile, resumeSecretsFile } from '../../../src/commands/rotate/secrets-file.ts'
import type { SigningKey } from '../../../src/domain/signing-key.ts'
import type { SigningSecret } from '../../../src/domain/signing-secret.ts'
import { temporaryFolder } from '../../support/server.ts'

const keyId = `key_${'0'.repeat(22)}`
const policy: Policy = {
  applications: '*',
  webhooks: '*',
  createdBefore: '2026-01-01T00:00:00.000Z',
  overlapSeconds: 3_600,
  endWhenProven: true,
  reason: 'leak',
  exec: null,
  rate: 20,
}
const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

/** Appends until the file reaches its size limit, then prints the number of successful appends and the error code. */
const appendUntilFull = `
  const { createSecretsFile } = await import(process.argv[1])
  const file = createSecretsFile(process.argv[2], ${JSON.stringify(policy)})
  let returned = 0
  try {
    for (;;) {
      const owner = { applicationId: 'app_1', webhookId: 'hook_' + returned }
      file.append({ ...owner, id: 'key_' + '0'.repeat(22), fingerprint: 'whsec_****abcd', createdAt: 0 }, '${secret}')
      returned += 1
    }
  } catch (error) {
    console.log(returned, error.code)
  }`

test('append throws if the line does not fit on the disk, and leaves no partial line', () => {
  const file = join(temporaryFolder(), 'out.jsonl')
  const module = join(import.meta.dirname, '../../../src/commands/rotate/secrets-file.ts')
  const limited = ['-c', 'ulimit -f 4; exec "$@"', 'bash', process.execPath, '--input-type=module']
  const output = execFileSync('bash', [...limited, '--eval', appendUntilFull, module, file], {
    encoding: 'utf8',
  })
  const [returned, code] = output.trim().split(' ')
  expect(code).toBe('EFBIG')
  expect(Number(returned)).toBeGreaterThan(10)
  const text = readFileSync(file, 'utf8')
  expect(text.endsWith('}\n')).toBe(true)
  expect(text.trim().split('\n')).toHaveLength(1 + Number(returned))
})

test.each([
  ['a single line of text without a newline', 'the only copy of a token'],
  ['several lines of text', 'line one\nline two\nline three without an end'],
  ['unrelated JSON', '{"keys":"'],
  ['a policy that is not valid', `${JSON.stringify({ run: { ...policy, overlapSeconds: -1 } })}\n`],
  [
    'a line whose secret is invalid',
    `${JSON.stringify({ applicationId: 'a', webhookId: 'h', keyId, signingSecret: 'x' })}\n{`,
  ],
])('refuses to resume a file with %s, and leaves it unchanged', (_, text) => {
  const file = join(temporaryFolder(), 'token')
  writeFileSync(file, text, { mode: 0o600 })
  expect(() => resumeSecretsFile(file)).toThrow('is not a valid secrets file')
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test.each([
  '{',
  '\0\0\0',
  '{"applicationId":"app_1\0\0',
  '{"applicationId":"app_1","webhookId":"hook_1","keyId":"ke',
])('removes a partial line left by a killed run: %s', (half) => {
  const file = join(temporaryFolder(), 'out.jsonl')
  writeFileSync(file, half, { mode: 0o600 })
  resumeSecretsFile(file).close()
  expect(readFileSync(file, 'utf8')).toBe('')
})

test('a resumed file still has its policy and secrets', () => {
  const file = join(temporaryFolder(), 'out.jsonl')
  const created = createSecretsFile(file, policy)
  const owner = { applicationId: 'app_1', webhookId: 'hook_1' }
  created.append(
    { ...owner, id: keyId, fingerprint: 'whsec_****abcd', createdAt: 0 } as SigningKey,
    secret as SigningSecret,
  )
  created.close()
  const resumed = resumeSecretsFile(file)
  expect([resumed.policy, resumed.owners(), resumed.find(owner)]).toMatchObject([
    policy,
    [owner],
    { keyId, secret },
  ])
  resumed.close()
})

test.each([
  ['removes a policy that was only partly written', '{"run":{"applic'],
  ['reads a file of version 0.1.0, which has no policy', ''],
])('%s', (_, text) => {
  const file = join(temporaryFolder(), 'out.jsonl')
  writeFileSync(file, text, { mode: 0o600 })
  const resumed = resumeSecretsFile(file)
  expect([resumed.policy, resumed.owners(), readFileSync(file, 'utf8')]).toEqual([null, [], ''])
  resumed.close()
})

test('creates a file with mode 600, and never overwrites anything that already exists at its path', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'out.jsonl')
  createSecretsFile(file, policy).close()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'link.jsonl'))
  for (const taken of ['out.jsonl', 'link.jsonl'])
    expect(() => createSecretsFile(join(folder, taken), policy)).toThrow(
      /cannot create the secrets file: EEXIST.*; choose another with --output/,
    )
})

test.each<[string, (file: string, target: string) => void, string]>([
  [
    'a symbolic link to a secrets file',
    (file, target) => {
      symlinkSync(target, file)
    },
    'is a symbolic link; replace it with the file itself',
  ],
  [
    'a secrets file that has another hard link',
    (file, target) => {
      linkSync(target, file)
    },
    'has a second hard link',
  ],
  [
    'a pipe that nobody writes to',
    (file) => {
      execFileSync('mkfifo', ['-m', '600', file])
    },
    'is a directory, pipe or device',
  ],
  [
    'a directory',
    (file) => {
      mkdirSync(file, { mode: 0o700 })
    },
    'is a directory, pipe or device',
  ],
  [
    'a secrets file that its group can read',
    (file) => {
      writeFileSync(file, '')
      chmodSync(file, 0o640)
    },
    'set its mode to 600',
  ],
])('refuses to resume %s', (_, make, message) => {
  const folder = temporaryFolder()
  const target = join(folder, 'target.jsonl')
  createSecretsFile(target, policy).close()
  make(join(folder, 'out.jsonl'), target)
  expect(() => resumeSecretsFile(join(folder, 'out.jsonl'))).toThrow(message)
})

test("refuses to resume another user's file", () => {
  const file = join(temporaryFolder(), 'out.jsonl')
  createSecretsFile(file, policy).close()
  // Only root could give the file to another user, so this process claims to be another user instead.
  const { uid } = statSync(file)
  const user = vi.spyOn(process, 'geteuid').mockReturnValue(uid + 1)
  onTestFinished(() => {
    user.mockRestore()
  })
  expect(() => resumeSecretsFile(file)).toThrow(`belongs to another user (uid ${uid})`)
})
