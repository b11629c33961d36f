import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const files = globSync('.github/workflows/*.yml', { cwd: root })
const workflows = Object.fromEntries(files.map((file) => [file, parse(read(file)) as Workflow]))

interface Workflow {
  permissions: Record<string, string>
  jobs: Record<string, Job>
}

interface Job {
  needs?: string | string[]
  permissions?: Record<string, string>
  environment?: string
  uses?: string
  steps?: { uses?: string; run?: string; with?: Record<string, string> }[]
}

const jobs = Object.entries(workflows).flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ file, name, job })),
)
const steps = jobs.flatMap(({ job }) => job.steps ?? [])

test('every action is pinned to a full commit SHA, with its version in a comment', () => {
  const lines = files.flatMap((file) =>
    read(file)
      .split('\n')
      .filter((line) => /^\s*(?:- )?uses:/.test(line)),
  )
  const remote = lines.filter((line) => !line.includes('uses: ./'))
  expect(remote.length).toBeGreaterThan(5)
  for (const line of remote) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('each action is pinned to the same commit everywhere', () => {
  const pins = new Set(steps.flatMap(({ uses }) => uses ?? []))
  expect(new Set([...pins].map((pin) => pin.split('@')[0])).size).toBe(pins.size)
})

test('every workflow grants at most `contents: read`, which a job can override', () => {
  for (const [file, { permissions }] of Object.entries(workflows))
    expect(['{}', '{"contents":"read"}'], file).toContain(JSON.stringify(permissions))
})

test('only the publishing jobs can write, and they run in the release environment after the gate and the release check', () => {
  const writers = jobs.filter(({ job }) => Object.values(job.permissions ?? {}).includes('write'))
  expect(writers.map(({ name }) => name)).toEqual(['npm', 'image'])
  for (const { job } of writers)
    expect(job).toMatchObject({ needs: ['check', 'gate'], environment: 'release' })
  const check = workflows['.github/workflows/release.yml']?.jobs['check']
  expect(check?.steps?.map(({ run }) => run)).toContain('npm run check:release -- "$GITHUB_REF_NAME"')
})

test('every script and file named in a workflow exists', () => {
  const commands = steps.flatMap(({ run }) => run ?? []).join('\n')
  const scripts = [...commands.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name)
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(scripts))
  const named = [
    ...[...commands.matchAll(/bash (\S+)/g)].map(([, file = '']) => file),
    ...jobs.flatMap(({ job }) => job.uses ?? []),
    ...steps.flatMap((step) => step.with?.['node-version-file'] ?? []),
  ]
  expect(named).toEqual(expect.arrayContaining(['.ci/run', './.github/workflows/ci.yml', '.nvmrc']))
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([])
})

test('.nvmrc names the Node version that package.json requires', () => {
  expect(packageJson.engines.node).toBe(`>=${read('.nvmrc').trim()}`)
})

interface Form {
  name: string
  description: string
  body: { type: string; id?: string; attributes: Record<string, unknown> }[]
}

const fields = ['markdown', 'textarea', 'input', 'dropdown', 'checkboxes']

test.for(globSync('.github/ISSUE_TEMPLATE/!(config).yml', { cwd: root }))('%s is a valid form', (file) => {
  const { name, description, body } = parse(read(file)) as Form
  expect([name, description]).not.toContain(undefined)
  const ids = body.flatMap(({ id }) => id ?? [])
  expect(new Set(ids).size).toBe(ids.length)
  for (const { type, attributes } of body) {
    expect(fields).toContain(type)
    expect(attributes).toHaveProperty(type === 'markdown' ? 'value' : 'label')
    expect(Array.isArray(attributes['options'])).toBe(type === 'dropdown' || type === 'checkboxes')
  }
})
