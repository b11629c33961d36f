import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openSecretsFile } from '../../../src/commands/rotate/secrets-file.ts'
import { temporaryFolder } from '../../support/server.ts'

const keyId = `key_${'0'.repeat(22)}`
const secret = `whsec_${'a'.repeat(43)}=`

/** Appends until the file reaches its size limit, then prints the number of successful appends and the error code. */
const appendUntilFull = `
  const { openSecretsFile } = await import(process.argv[1])
  const file = openSecretsFile(process.argv[2], false)
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
  expect(text.trim().split('\n')).toHaveLength(Number(returned))
})

test.each([
  ['a single line of text without a newline', 'the only copy of a token'],
  ['several lines of text', 'line one\nline two\nline three without an end'],
  ['unrelated JSON', '{"keys":"'],
  [
    'a line whose secret is invalid',
    `${JSON.stringify({ applicationId: 'a', webhookId: 'h', keyId, signingSecret: 'x' })}\n{`,
  ],
])('refuses to resume a file with %s, and leaves it unchanged', (_, text) => {
  const file = join(temporaryFolder(), 'token')
  writeFileSync(file, text, { mode: 0o600 })
  expect(() => openSecretsFile(file, true)).toThrow('is not a valid secrets file')
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
  openSecretsFile(file, true).close()
  expect(readFileSync(file, 'utf8')).toBe('')
})

test('creates a file with mode 600, and never overwrites anything that already exists at its path', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'out.jsonl')
  openSecretsFile(file, false).close()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'link.jsonl'))
  for (const taken of ['out.jsonl', 'link.jsonl'])
    expect(() => openSecretsFile(join(folder, taken), false)).toThrow(
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
  openSecretsFile(target, false).close()
  make(join(folder, 'out.jsonl'), target)
  expect(() => openSecretsFile(join(folder, 'out.jsonl'), true)).toThrow(message)
})

test("refuses to resume another user's file", () => {
  const file = join(temporaryFolder(), 'out.jsonl')
  openSecretsFile(file, false).close()
  // Only root could give the file to another user, so this process claims to be another user instead.
  const { uid } = statSync(file)
  const user = vi.spyOn(process, 'geteuid').mockReturnValue(uid + 1)
  onTestFinished(() => {
    user.mockRestore()
  })
  expect(() => openSecretsFile(file, true)).toThrow(`belongs to another user (uid ${uid})`)
})
