import { execFile, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { newEncryptionKeys, newJwtSecret } from '../../src/commands/shared/new-keys.ts'
import type { Environment } from '../../src/config/config.ts'
import { codeBlocks, project, readPage } from '../support/documentation.ts'
import { serve } from '../support/serve.ts'
import { temporaryFolder } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

const run = promisify(execFile)

interface Resource {
  apiVersion: string
  kind: string
  metadata: { name: string }
  spec: Record<string, unknown>
}

interface Container extends Record<'startupProbe' | 'livenessProbe' | 'readinessProbe', Probe> {
  image: string
  env: { name: string; value: string }[]
}

interface Probe {
  httpGet: { path: string }
}

/** The parts of a pod that these tests read. */
interface Pod {
  containers: [Container]
  volumes: Record<string, unknown>[]
}

/** Builds a kustomization, as `kubectl apply --kustomize` does before it sends the resources. */
async function build(folder: string): Promise<Resource[]> {
  const { stdout, stderr } = await run('kubectl', ['kustomize', folder])
  expect(stderr).toBe('')
  return parseAllDocuments(stdout).map((document) => document.toJS() as Resource)
}

const overlay = (name: string) => build(join(project, 'deploy/kubernetes', name))

function specOf(resources: Resource[], wanted: string): Record<string, unknown> {
  const found = resources.find(({ kind }) => kind === wanted)
  if (!found) throw new Error(`no ${wanted}`)
  return found.spec
}

function podOf(resources: Resource[]): Pod {
  return (specOf(resources, 'Deployment') as { template: { spec: Pod } }).template.spec
}

/**
 * Validates the values in the resources. The schemas allow unknown properties, which Kubernetes ignores; see
 * `expectKnownProperties`.
 */
async function expectValidValues(resources: Resource[]): Promise<void> {
  for (const { apiVersion, kind, ...properties } of resources) {
    const module = `kubernetes-models/${apiVersion}/${kind}`
    const models = (await import(module)) as Record<string, Model>
    const Model = models[kind]
    if (!Model) throw new Error(`no model of ${kind}`)
    new Model(properties).validate()
  }
}

type Model = new (properties: object) => { validate: () => void }

/** Type-checks the resources as object literals, in which TypeScript rejects unknown properties. */
function expectKnownProperties(resources: Resource[]): void {
  const folder = temporaryFolder()
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
  const asTypeScript = ({ apiVersion, kind, ...properties }: Resource) =>
    `new (await import('kubernetes-models/${apiVersion}/${kind}')).${kind}(${JSON.stringify(properties)})`
  const misspelt = resources.map((resource) => {
    const text = asTypeScript(resource).replace('"spec":{', '"spec":{"misspelt":1,')
    return `// @ts-expect-error -- proves that this check finds unknown properties\n${text}`
  })
  writeFileSync(join(folder, 'resources.mts'), [...resources.map(asTypeScript), ...misspelt].join('\n'))
  const tsc = join(project, 'node_modules/typescript/bin/tsc')
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023']
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...options, join(folder, 'resources.mts')], {
    encoding: 'utf8',
  })
  expect([status, stdout]).toEqual([0, ''])
}

test(
  'the Kubernetes resources have only known properties and valid values',
  { timeout: 60_000 },
  async (context) => {
    needsTools(context, 'kubectl')
    const resources = [...(await overlay('postgres')), ...(await overlay('sqlite'))]
    expectKnownProperties(resources)
    await expectValidValues(resources)
    const broken = JSON.stringify(resources).replace('"containerPort":8080', '"containerPort":"http"')
    await expect(expectValidValues(JSON.parse(broken) as Resource[])).rejects.toThrow(
      'containerPort must be integer',
    )
  },
)

test('several instances run only on PostgreSQL; an update of the SQLite instance stops it before it starts the new one', async (context) => {
  needsTools(context, 'kubectl')
  const postgres = await overlay('postgres')
  expect(specOf(postgres, 'Deployment')['replicas']).toBeGreaterThan(1)
  expect(specOf(postgres, 'PodDisruptionBudget')).toMatchObject({ maxUnavailable: 1 })

  const sqlite = await overlay('sqlite')
  expect(specOf(sqlite, 'Deployment')).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
  // A disruption budget would block every drain of the node, because no other instance could replace this one.
  expect(sqlite.map(({ kind }) => kind)).not.toContain('PodDisruptionBudget')
  expect(podOf(sqlite).volumes).toContainEqual({
    name: 'data',
    persistentVolumeClaim: { claimName: 'rekey-data' },
  })
})

test.for(['postgres', 'sqlite'])(
  'the pods of the %s overlay are unprivileged, read-only and without a service account token',
  async (name, context) => {
    needsTools(context, 'kubectl')
    const pod = podOf(await overlay(name))
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    })
    const [container] = pod.containers
    expect(container).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      volumeMounts: expect.arrayContaining([
        { name: 'secrets', mountPath: '/run/secrets/rekey', readOnly: true },
      ]),
    })
    expect(container).not.toHaveProperty('envFrom')
  },
)

test.for(['postgres', 'sqlite'])(
  'a server with the settings of the %s overlay reads the mounted secrets, and passes the probes',
  async (name, context) => {
    needsTools(context, 'kubectl')
    const [container] = podOf(await overlay(name)).containers
    const folder = temporaryFolder()
    const mounted = newSecretVolume({
      database_url: `sqlite:${folder}/rekey.db`,
      encryption_keys: newEncryptionKeys(),
      jwt_secret: newJwtSecret(),
    })
    const settings = container.env.map(({ name, value }) => [
      name,
      value.replace('/run/secrets/rekey', mounted).replace('sqlite:/data', `sqlite:${folder}`),
    ])
    const environment = Object.fromEntries(settings) as Environment
    const { origin } = await serve(folder, { NODE_ENV: 'production', ...environment })
    expect(existsSync(join(folder, 'rekey.db'))).toBe(true)
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const)
      expect((await fetch(`${origin}${container[probe].httpGet.path}`)).status, probe).toBe(200)
  },
)

/** Creates a folder with files as Kubernetes mounts them: as links, which an update of the secret switches at once. */
function newSecretVolume(files: Record<string, string>): string {
  const volume = temporaryFolder()
  mkdirSync(join(volume, '..2026'))
  symlinkSync('..2026', join(volume, '..data'))
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(volume, '..2026', name), content)
    symlinkSync(`..data/${name}`, join(volume, name))
  }
  return volume
}

test('the documented kustomization names the image, and replaces the JWT secret with an identity provider', async (context) => {
  needsTools(context, 'kubectl')
  const folder = temporaryFolder()
  cpSync(join(project, 'deploy/kubernetes'), join(folder, 'deploy/kubernetes'), { recursive: true })
  const [kustomization = ''] = codeBlocks(readPage('docs/operations.md'), 'yaml')
  writeFileSync(join(folder, 'kustomization.yaml'), kustomization)
  const resources = await build(folder)
  await expectValidValues(resources)
  const [container] = podOf(resources).containers
  expect(container.image).toBe('registry.example/rekey:0.1.0')
  const names = container.env.map(({ name }) => name)
  expect(names).toContain('REKEY_JWKS_URL')
  expect(names).not.toContain('REKEY_JWT_SECRET_FILE')
})
