import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { examples, javascriptSender, testReceivers, testSenders } from './support/examples.ts'
import { temporaryFolder } from './support/server.ts'

// Those in languages that most machines lack run with the generators: test/generators/examples.test.ts.
testReceivers([
  { language: 'Python', tools: ['python3'], command: () => ['python3', join(examples, 'receiver.py')] },
  {
    language: 'JavaScript',
    tools: ['node'],
    command: () => [process.execPath, join(examples, 'receiver.mjs')],
  },
  { language: 'Go', tools: ['go'], command: buildGo },
  { language: 'Ruby', tools: ['ruby'], command: () => ['ruby', join(examples, 'receiver.rb')] },
])

testSenders([{ language: 'JavaScript', tools: ['node'], command: () => javascriptSender }])

test('each example has fewer than 40 lines', () => {
  const files = globSync('*.{go,java,mjs,php,py,rb,rs}', { cwd: examples })
  expect(files).toHaveLength(11)
  for (const file of files)
    expect(readFileSync(join(examples, file), 'utf8').trimEnd().split('\n').length, file).toBeLessThan(40)
})

async function buildGo(): Promise<string[]> {
  const file = join(temporaryFolder(), 'receiver')
  await promisify(execFile)('go', ['build', '-o', file, join(examples, 'receiver.go')], {
    // The receiver uses only the standard library, so the build needs no C compiler and no network.
    env: { ...process.env, CGO_ENABLED: '0', GOPROXY: 'off', GOTOOLCHAIN: 'local' },
  })
  return [file]
}
