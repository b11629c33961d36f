/**
 * Checks whether this checkout may be published under a tag: `npm run check:release -- v0.2.0`. If not, lists what is
 * missing and exits with code 1. CONTRIBUTING.md describes the steps. Needs no installed packages.
 */
import { readFileSync } from 'node:fs'

interface Package {
  version: string
  private?: boolean
  repository?: unknown
  exports: Record<string, unknown>
}

const read = (file: string) => readFileSync(file, 'utf8')
const json = (file: string) => JSON.parse(read(file)) as unknown

const tag = process.argv[2] ?? ''
const manifest = json('package.json') as Package
const { info } = json('generated/openapi.json') as { info: { version: string } }
const { version } = manifest

const missing = Object.entries({
  [`The tag must be v${version}, the version in package.json, not ${tag || 'empty'}.`]: tag === `v${version}`,
  [`info.version in openapi/openapi.yaml is ${info.version}: set it to ${version}.`]:
    info.version === version,
  'openapi/released/openapi.json is not this release: copy generated/openapi.json over it.':
    read('openapi/released/openapi.json') === read('generated/openapi.json'),
  'openapi/released/accepted-breaks.json must be empty: [].':
    (json('openapi/released/accepted-breaks.json') as unknown[]).length === 0,
  [`CHANGELOG.md has no section "## [${version}] - <date>".`]: read('CHANGELOG.md')
    .split('\n')
    .some((line) => line.startsWith(`## [${version}] - `)),
  'The client has no package of its own: package.json still exports ./client.':
    manifest.exports['./client'] === undefined,
  'package.json is private: remove "private" once the client has a package of its own.':
    manifest.private !== true,
  'package.json names no repository, which npm compares with the provenance.':
    manifest.repository !== undefined,
})
  .filter(([, isDone]) => !isDone)
  .map(([fault]) => fault)

for (const fault of missing) console.error(fault)
if (missing.length > 0) process.exitCode = 1
else console.log(`${tag} may be published`)
