import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'
import { parse } from 'yaml'
import type { Environment } from '../../src/config/config.ts'
import { runScript } from '../support/checkout.ts'
import { main } from '../support/command.ts'
import { newVolume, startContainer, type Container } from '../support/container.ts'
import { codeBlocks, project, readPage } from '../support/documentation.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { buildImage, type Image } from '../support/image.ts'
import { sizeOf } from '../support/size-of.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { temporaryFolder } from '../support/server.ts'
import { needsRoot, needsTools } from '../support/tools.ts'
import { token } from '../support/tokens.ts'
import { freePort } from '../support/free-port.ts'

const compose = parse(readFileSync(join(project, 'compose.yaml'), 'utf8')) as {
  services: { rekey: { environment: Environment; secrets: string[] } }
  secrets: Record<string, { file: string }>
}

interface Run {
  container: Container
  rotate: () => Promise<string>
  isHealthy: () => Promise<boolean>
  stop: () => Promise<number | null>
}

async function runContainer(
  image: Image,
  volume: string,
  more: Environment = {},
  secrets: Record<string, string> = {},
): Promise<Run> {
  const PORT = String(await freePort())
  const environment = { ...exampleEnvironment, ...more, PORT }
  const container = startContainer(image, { environment, volume, secrets })
  await expect.poll(container.output, { timeout: 30_000 }).toContain('"listening"')
  const application = `http://127.0.0.1:${PORT}/api/v1/applications/app_1`
  const call = async (method: string, path: string, body?: unknown) =>
    fetch(`${application}${path}`, {
      method,
      headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  return {
    container,
    async rotate() {
      await call('PUT', '', {})
      await call('PUT', '/webhooks/hook_1', { url: 'https://merchant.example/webhooks' })
      const answer = await call('PATCH', '/webhooks/hook_1/secret')
      expect(answer.status).toBe(200)
      return ((await answer.json()) as { signingSecret: string }).signingSecret
    },
    async isHealthy() {
      const [entrypoint = '', ...command] = image.healthcheck
      const check = startContainer(image, { environment, entrypoint: [entrypoint], command })
      return (await check.ended) === 0
    },
    async stop() {
      process.kill(await container.pid, 'SIGTERM')
      return container.ended
    },
  }
}

/**
 * Runs the documented commands that create the secrets of compose.yaml, with a stand-in for Docker.
 * @returns what compose.yaml gives to Rekey: environment variables, and the paths of secrets by name
 */
async function createSecrets() {
  const folder = temporaryFolder()
  const docker = join(folder, 'docker')
  const keygen = `[ "$*" = 'run --rm rekey keygen' ] && exec '${process.execPath}' '${main}' keygen`
  writeFileSync(docker, `#!/bin/sh\n${keygen}\nexit 0\n`, { mode: 0o755 })
  const commands = codeBlocks(readPage('docs/operations.md'), 'sh').find((block) =>
    block.includes('docker compose up'),
  )
  const PATH = `${folder}:${process.env['PATH']}`
  const created = runScript(`set -e; umask 077\n${commands}`, folder, { PATH })
  expect(await created.ended, created.output()).toBe(0)
  const files = readdirSync(join(folder, 'secrets'))
  expect(files.sort()).toEqual(Object.keys(compose.secrets).sort())
  expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700)
  const { environment, secrets } = compose.services.rekey
  return {
    environment,
    secrets: Object.fromEntries(
      secrets.map((name) => [name, join(folder, compose.secrets[name]?.file ?? '')]),
    ),
  }
}

function onlyWhereItRuns(context: TestContext): void {
  needsRoot(context)
  needsTools(context, 'bwrap', 'setpriv', 'npm')
}

test(
  'the image runs unprivileged and read-only, rotates secrets on both databases, reports its health and exits on SIGTERM',
  { timeout: 300_000 },
  async (context) => {
    onlyWhereItRuns(context)
    const image = buildImage()
    const inImage = (folder: string) => readdirSync(join(image.root, folder)).sort()
    expect(inImage('app')).toEqual(['data', 'dist', 'node_modules'])
    expect(inImage('app/node_modules')).toEqual(['better-sqlite3'])
    const addon = `linux-${process.arch}.node`
    expect(inImage('app/node_modules/better-sqlite3/prebuilds')).toEqual([addon])
    expect(inImage('app/dist')).toEqual(expect.arrayContaining(['sbom.cdx.json', 'third-party-licenses.txt']))
    expect(sizeOf(join(image.root, 'app'))).toBeLessThan(15e6)
    expect(inImage('usr/local/lib')).toEqual([])

    const volume = newVolume(image)
    const first = await runContainer(image, volume)
    const status = readFileSync(`/proc/${await first.container.pid}/status`, 'utf8')
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m)
    expect(status).toMatch(/^NSpid:\t\d+\t1$/m)
    const secrets = [await first.rotate(), await first.rotate()]
    expect(new Set(secrets).size).toBe(2)
    expect(await first.isHealthy()).toBe(true)
    expect(await first.stop()).toBe(0)
    expect(first.container.output()).toContain('"closed"')
    expect(await first.isHealthy()).toBe(false)
    expect(readdirSync(volume)).toContain('rekey.db')

    const postgres = await startPostgres({ fsync: 'off' })
    try {
      const { environment, secrets } = await createSecrets()
      writeFileSync(secrets['database_url'] ?? '', postgres.url)
      writeFileSync(secrets['jwt_secret'] ?? '', exampleEnvironment['REKEY_JWT_SECRET'] ?? '')
      const unset = { REKEY_ENCRYPTION_KEYS: '', REKEY_JWT_SECRET: '' }
      const volume = newVolume(image)
      const second = await runContainer(image, volume, { ...environment, ...unset }, secrets)
      expect(await second.rotate()).toMatch(/^whsec_/)
      expect(readdirSync(volume)).toEqual([])
      expect(await second.stop()).toBe(0)
    } finally {
      await postgres.remove()
    }

    const keygen = startContainer(image, { command: ['keygen'] })
    expect(await keygen.ended).toBe(0)
    expect(keygen.output()).toMatch(/^REKEY_ENCRYPTION_KEYS=\S+\nREKEY_JWT_SECRET=\S+\n$/)
    const refused = startContainer(image)
    expect(await refused.ended).toBe(2)
    expect(refused.output()).toContain('REKEY_ENCRYPTION_KEYS is not set')
    const write = "require('fs').writeFileSync('/app/x', '')"
    const writes = startContainer(image, { entrypoint: ['node', '--eval'], command: [write] })
    expect(await writes.ended).not.toBe(0)
    expect(writes.output()).toMatch(/EROFS|EACCES/)
  },
)
