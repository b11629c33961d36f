import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, type TestContext } from 'vitest'
import { operations, type Operation, type Response } from '../src/http/pages/reference/document.ts'
import { samplesOf } from '../src/http/pages/reference/samples/samples.ts'
import { goEnvironment } from './support/go.ts'
import { provision, startServer, temporaryFolder, type TestServer } from './support/server.ts'
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
  // Links without debugging information, which is faster. Skipped on macOS, where Go trusts only the keychain and no environment variable can add a certificate.
  {
    label: 'Go',
    file: 'main.go',
    commands: process.platform === 'darwin' ? [] : [['go', 'run', '-ldflags=-w']],
    probe: ['version'],
  },
  { label: 'Ruby', file: 'sample.rb', commands: [['ruby']], probe: ['--version'] },
]

interface Runner {
  server: TestServer
  /** Runs an operation's sample. Rejects unless its exit code is 0. @returns its standard output */
  run: (operationId: string) => Promise<string>
}

/** Starts a server behind TLS, as the samples expect it. */
async function startRunner(context: TestContext, { label, file, commands, probe }: Program): Promise<Runner> {
  const command = commands.find(([name = '']) => spawnSync(name, probe).status === 0)
  if (!command) skipWithout(context, `this machine cannot run the ${label} samples`)
  const [name = '', ...args] = command
  const server = await startServer({ environment: { REKEY_PUBLIC_URL: 'https://rekey.example' } })
  const proxy = await startTlsProxy(server.origin)
  const home = temporaryFolder()
  const run = async (operationId: string) => {
    const operation = operations.find((one) => one.operationId === operationId)
    const source = operation && samplesOf(operation).find((sample) => sample.label === label)?.source
    const folder = temporaryFolder()
    writeFileSync(
      join(folder, file),
      (source ?? '')
        .replace('https://api.example.com', proxy.origin)
        .replace('YOUR_API_TOKEN (JWT)', await token()),
    )
    const { stdout } = await promisify(execFile)(name, [...args, file], {
      cwd: folder,
      timeout: 110_000,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        // Each runtime has its own variable for additional trusted certificates.
        CURL_CA_BUNDLE: proxy.certificateFile,
        NODE_EXTRA_CA_CERTS: proxy.certificateFile,
        REQUESTS_CA_BUNDLE: proxy.certificateFile,
        SSL_CERT_FILE: proxy.certificateFile,
        ...goEnvironment,
      },
    })
    return stdout
  }
  return { server, run }
}

test.for(programs)(
  "every operation's $label sample works once the base URL and token are filled in, and prints the response",
  { timeout: 300_000 },
  async (program, context) => {
    const { server, run } = await startRunner(context, program)
    for (const operation of operations) {
      const { operationId } = operation
      const secret = `${await provision(server, 'example_string', 'example_string')}/secret` as const
      await server.api('PATCH', secret)
      const { body: before } = await server.api('GET', secret)
      const seen = server.logs.length
      const output = await run(operationId)
      const sent = server.logs.slice(seen).filter((line) => line['operationId'] === operationId)
      const [status, success] = outcomeOf(operation)
      expect([operationId, sent.map((line) => String(line['status']))]).toEqual([operationId, [status]])
      if (operationId === 'rotateWebhookSecret') {
        const { body: after } = await server.api('GET', secret)
        expect(after.previous[0]).toMatchObject({ id: before.current?.id, state: 'previous' })
        if (program.label === 'Go') expect(output).toBe('Response Status: 200 OK\n')
        else expect(sha256(/whsec_[A-Za-z0-9+/]{43}=/.exec(output)?.[0])).toBe(after.current?.sha256)
      } else if (success.content && status.startsWith('2')) {
        for (const name of success.content['application/json'].schema.required ?? [])
          expect(output, operationId).toContain(name)
      } else expect(output, operationId).toContain(status)
    }
  },
)

/**
 * Returns the response that an operation's sample gets: an error if the sample needs other IDs than the
 * application's and the webhook's, or another token.
 */
function outcomeOf({ path, security, responses }: Operation): [string, Response] {
  const isOther = /\{(?!applicationId|webhookId)/.test(path)
  const expected = isOther ? '404' : security.some((one) => 'bearerAuth' in one) ? '2' : '403'
  const found = Object.entries(responses).find(([status]) => status.startsWith(expected))
  if (!found) throw new Error(`${path} documents no ${expected}`)
  return found
}

test("the generated samples have the same structure as the rotation's samples", () => {
  const rotation = operations.find(({ operationId }) => operationId === 'rotateWebhookSecret')
  if (!rotation) throw new Error('the document has no rotation')
  const { 'x-codeSamples': written = [], ...bare } = rotation
  const generated = samplesOf(bare)
  for (const [index, { label, source }] of written.entries())
    // The rotation's Python sample imports json for nothing, and its Go sample prints no body.
    if (label !== 'Python' && label !== 'Go') expect(generated[index]).toEqual({ label, source })
})

function sha256(text = ''): string {
  return createHash('sha256').update(text).digest('hex')
}
