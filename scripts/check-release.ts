/**
 * Checks whether this checkout may be published under a tag: `npm run check:release -- v0.2.0`. If not, lists what is
 * missing and exits with code 1. CONTRIBUTING.md describes the steps. Needs no installed packages.
 */
import { readFileSync } from 'node:fs'

interface Package {
  version: string
  private?: boolean
  repository?: unknown
}

const read = (file: string) => readFileSync(file, 'utf8')
const json = (file: string) => JSON.parse(read(file)) as unknown

const tag = process.argv[2] ?? ''
const { version } = json('package.json') as Package
const { info } = json('generated/openapi.json') as { info: { version: string } }
const manifests = ['package.json', 'src/client/package.json'].map((file) => ({
  file,
  manifest: json(file) as Package,
}))

const checks: [fault: string, isDone: boolean][] = [
  [`The tag must be v${version}, the version in package.json, not ${tag || 'empty'}.`, tag === `v${version}`],
  [
    `info.version in openapi/openapi.yaml is ${info.version}: set it to ${version}.`,
    info.version === version,
  ],
  [
    'openapi/released/openapi.json is not this release: copy generated/openapi.json over it.',
    read('openapi/released/openapi.json') === read('generated/openapi.json'),
  ],
  [
    'openapi/released/accepted-breaks.json must be empty: [].',
    (json('openapi/released/accepted-breaks.json') as unknown[]).length === 0,
  ],
  [
    `CHANGELOG.md has no section "## [${version}] - <date>".`,
    read('CHANGELOG.md')
      .split('\n')
      .some((line) => line.startsWith(`## [${version}] - `)),
  ],
  ...manifests.flatMap(({ file, manifest }): [string, boolean][] => [
    [`The version in ${file} is ${manifest.version}: set it to ${version}.`, manifest.version === version],
    [`${file} is private: remove "private".`, manifest.private !== true],
    [
      `${file} names no repository, which npm compares with the provenance.`,
      manifest.repository !== undefined,
    ],
  ]),
]

const missing = checks.filter(([, isDone]) => !isDone)
for (const [fault] of missing) console.error(fault)
if (missing.length > 0) process.exitCode = 1
else console.log(`${tag} may be published`)
