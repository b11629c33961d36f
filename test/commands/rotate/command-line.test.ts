import { expect, test } from 'vitest'
import { rekey } from '../../support/command.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { temporaryFolder } from '../../support/server.ts'

test.each([
  ['neither --application nor --all', []],
  ['both --application and --all', ['--application', 'a', '--all']],
  ['--webhook with --all', ['--all', '--webhook', 'h']],
  ['an age without a unit', ['--all', '--older-than', '90']],
  ['an overlap of more than 7 days', ['--all', '--overlap', '604801']],
  ['an overlap of more than 7 days, in hours', ['--all', '--overlap', '169h']],
  ['a rate above 1000', ['--all', '--rate', '1001']],
  ['both --output and --resume', ['--all', '--output', 'a', '--resume', 'b']],
  ['an empty reason', ['--all', '--reason', '']],
  ['a secret as the reason', ['--all', '--reason', `leaked: whsec_${'a'.repeat(43)}=`]],
])('exits with 2 if the command line has %s', async (_, args) => {
  // A run that accepted the command line would exit with 1, because there is no database.
  const environment = { ...exampleEnvironment, DATABASE_URL: 'sqlite:missing.db' }
  const { code, stderr } = await rekey(['rotate', ...args], { cwd: temporaryFolder(), environment })
  expect(code).toBe(2)
  expect(stderr).toContain('rekey rotate')
})
