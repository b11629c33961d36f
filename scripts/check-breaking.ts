/**
 * Compares `generated/openapi.json` with that of the last release, the highest tag `v…` in the history of
 * HEAD. Fails if a change can break a client, unless the document's major version moved. Semantic
 * Versioning would let 0.x break at any time; here it may not.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { defaultMaxBodyBytes } from '../src/http/request/json-body.ts'
import { redocly } from './redocly.ts'

/** What `redocly diff` reports, as far as it is read here. */
interface Report {
  infoVersions: { base: string; revision: string }
  changes: Change[]
}

interface Change {
  path: string
  typeName: string
  impact: 'major' | 'minor' | 'patch'
  verdicts: { message: string }[]
  property?: string
  base?: { value?: unknown }
  revision?: { value?: unknown }
}

const file = 'generated/openapi.json'

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

function lastRelease(): string | undefined {
  // Without the suffix, a candidate would come after its version.
  const newestFirst = ['-c', 'versionsort.suffix=-', 'tag', '--sort=-version:refname']
  const tags = git(...newestFirst, '--list', 'v[0-9]*', '--merged', 'HEAD')
  return /^.+/.exec(tags)?.[0]
}

function changesSince(tag: string): Report {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-release-'))
  try {
    const base = join(folder, 'openapi.json')
    writeFileSync(base, git('show', `${tag}:${file}`))
    return JSON.parse(redocly('diff', base, resolve(file), '--format=json', '--fail-on=none')) as Report
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The changes that the diff's rules call major, and those that they do not know. */
function breaks({ impact, typeName, property, base, revision }: Change): boolean {
  if (typeName === 'Header' && property === 'required') return revision?.value !== true
  if (property === 'x-max-body-bytes') return maxBodyBytes(revision) < maxBodyBytes(base)
  return impact === 'major' || property === 'default'
}

function maxBodyBytes(side: Change['base']): number {
  return Number(side?.value ?? defaultMaxBodyBytes)
}

function describe({ path, verdicts, property, base, revision }: Change): string {
  const messages = verdicts.map(({ message }) => message)
  const values = [base, revision].map((side) => JSON.stringify(side?.value ?? null))
  return `${path} ${messages.join(' ') || `${property} ${values.join(' became ')}.`}`
}

function major(version: string): number {
  return Number.parseInt(version)
}

const tag = lastRelease()
if (tag) {
  const { infoVersions, changes } = changesSince(tag)
  const breaking = changes.filter(breaks)
  console.log(`breaking changes since ${tag}: ${breaking.length}`)
  for (const change of breaking) console.log(describe(change))
  if (breaking.length > 0 && !(major(infoVersions.revision) > major(infoVersions.base))) {
    console.error(`They need a higher major version than ${infoVersions.base} in openapi/openapi.yaml.`)
    process.exitCode = 1
  }
} else {
  console.log('no release is tagged, so there is no document to compare with')
}
