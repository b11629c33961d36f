import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { examples, testReceivers, testSenders, type Example } from '../support/examples.ts'
import { temporaryFolder } from '../support/server.ts'
import { cargoTarget } from './cargo-target.ts'

testReceivers([
  java('Receiver'),
  {
    language: 'PHP',
    tools: ['php'],
    command: () => ['sh', '-c', `exec php -S 127.0.0.1:$PORT ${examples}/receiver.php`],
  },
  rust('receiver'),
])

testSenders([
  java('Sender'),
  { language: 'PHP', tools: ['php'], command: () => ['php', join(examples, 'sender.php')] },
  rust('sender'),
])

function java(name: string): Example {
  const command = async () => {
    const folder = temporaryFolder()
    await promisify(execFile)('javac', ['-d', folder, join(examples, `${name}.java`)])
    return ['java', '-cp', folder, name]
  }
  return { language: 'Java', tools: ['java', 'javac'], command }
}

function rust(name: string): Example {
  const command = async () => {
    await promisify(execFile)('cargo', ['build', '--quiet', '--bin', name], {
      cwd: examples,
      env: { ...process.env, CARGO_TARGET_DIR: cargoTarget },
    })
    return [join(cargoTarget, 'debug', name)]
  }
  return { language: 'Rust', tools: ['cargo'], command }
}
