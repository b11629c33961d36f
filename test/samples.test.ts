import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import document from '../generated/openapi.json' with { type: 'json' }
import { provision, startServer, temporaryFolder } from './support/server.ts'
import { startTlsProxy } from './support/tls-proxy.ts'
import { token } from './support/tokens.ts'
import { skipWithout } from './support/tools.ts'

interface Program {
  /** The sample's `label` in the OpenAPI document. */
  label: string
  /** The file name that the sample is saved under. */
  file: string
  /** Commands that can run the sample; the test uses the first whose `probe` succeeds. */
  commands: string[][]
  /** Arguments that make a command succeed only if it can run the sample. */
  probe: string[]
}

const programs: Program[] = [
  { label: 'cURL', file: 'sample.sh', commands: [['sh']], probe: ['-c', 'curl --version'] },
  {
    label: 'Python',
    file: 'sample.py',
    commands: [['python3'], ['/usr/bin/python3']],
    probe: ['-c', 'import requests'],
  },
  { label: 'JavaScript', file: 'sample.mjs', commands: [[process.execPath]], probe: ['--version'] },
  // Skipped on macOS, where Go trusts only the keychain and no environment variable can add a certificate.
  {
    label: 'Go',
    file: 'main.go',
    commands: process.platform === 'darwin' ? [] : [['go', 'run']],
    probe: ['version'],
  },
  { label: 'Ruby', file: 'sample.rb', commands: [['ruby']], probe: ['--version'] },
]

const samples =
  document.paths['/applications/{applicationId}/webhooks/{webhookId}/secret'].patch['x-codeSamples']

test.for(programs)(
  'the $label sample rotates the secret once the base URL and token are filled in',
  { timeout: 120_000 },
  async ({ label, file, commands, probe }, context) => {
    const command = commands.find(([name = '']) => spawnSync(name, probe).status === 0)
    if (!command) skipWithout(context, `this machine cannot run the ${label} sample`)
    const server = await startServer()
    const secret = `${await provision(server, 'example_string', 'example_string')}/secret` as const
    await server.api('PATCH', secret)
    const { body: before } = await server.api('GET', secret)
    const proxy = await startTlsProxy(server.origin)

    const source = samples.find((sample) => sample.label === label)?.source ?? ''
    const output = await run(command, file, {
      source: source
        .replace('https://api.example.com', proxy.origin)
        .replace('YOUR_API_TOKEN (JWT)', await token()),
      certificateFile: proxy.certificateFile,
    })

    const { body: after } = await server.api('GET', secret)
    expect(after.previous).toEqual([expect.objectContaining({ id: before.current?.id, state: 'previous' })])
    if (label === 'Go') expect(output).toBe('Response Status: 200 OK\n')
    else expect(sha256(/whsec_[A-Za-z0-9+/]{43}=/.exec(output)?.[0])).toBe(after.current?.sha256)
  },
)

/** Saves and runs a sample. Rejects unless its exit code is 0. @returns its standard output */
async function run(
  [name = '', ...args]: string[],
  file: string,
  { source, certificateFile }: { source: string; certificateFile: string },
): Promise<string> {
  const folder = temporaryFolder()
  writeFileSync(join(folder, file), source)
  const { stdout } = await promisify(execFile)(name, [...args, file], {
    cwd: folder,
    timeout: 110_000,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      // Each runtime has its own variable for additional trusted certificates.
      CURL_CA_BUNDLE: certificateFile,
      NODE_EXTRA_CA_CERTS: certificateFile,
      REQUESTS_CA_BUNDLE: certificateFile,
      SSL_CERT_FILE: certificateFile,
      // The sample needs neither a C compiler nor the network.
      CGO_ENABLED: '0',
      GOPROXY: 'off',
      GOTOOLCHAIN: 'local',
    },
  })
  return stdout
}

function sha256(text = ''): string {
  return createHash('sha256').update(text).digest('hex')
}
