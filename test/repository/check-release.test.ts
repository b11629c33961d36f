import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/server.ts'

const root = join(import.meta.dirname, '../..')
const files = {
  package: 'package.json',
  client: 'src/client/package.json',
  document: 'generated/openapi.json',
  released: 'openapi/released/openapi.json',
  breaks: 'openapi/released/accepted-breaks.json',
  changelog: 'CHANGELOG.md',
}

/** The properties that the check reads from a package.json and the OpenAPI document. Each file has only some of these. */
interface Content {
  private?: boolean
  version?: string
  repository?: unknown
  info: { version: string; title?: string }
}

/** Creates a folder whose files are ready to be released as v9.9.9. */
function readyForRelease(): string {
  const folder = temporaryFolder()
  for (const file of Object.values(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  for (const file of [files.package, files.client])
    edit(folder, file, (manifest) => {
      delete manifest.private
      Object.assign(manifest, { version: '9.9.9', repository: 'github:owner/rekey' })
    })
  for (const file of [files.document, files.released])
    edit(folder, file, (document) => (document.info = { version: '9.9.9' }))
  const document = readFileSync(join(folder, files.document))
  writeFileSync(join(folder, files.released), document)
  writeFileSync(join(folder, files.breaks), '[]\n')
  writeFileSync(join(folder, files.changelog), '# Changelog\n\n## [9.9.9] - 2026-12-01\n')
  return folder
}

function edit(folder: string, file: string, change: (content: Content) => unknown): void {
  const content = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Content
  change(content)
  writeFileSync(join(folder, file), JSON.stringify(content, null, 2))
}

function check(folder: string, tag: string) {
  const script = join(root, 'scripts/check-release.ts')
  const { status, stderr } = spawnSync(process.execPath, [script, tag], { cwd: folder, encoding: 'utf8' })
  return { status, faults: stderr.trim() }
}

test('a commit with every release step completed passes the release check', () => {
  expect(check(readyForRelease(), 'v9.9.9')).toEqual({ status: 0, faults: '' })
})

const forgotten: [string, (folder: string) => void, string][] = [
  [
    'the private flag in package.json',
    (f) => {
      edit(f, files.package, (p) => (p.private = true))
    },
    'package.json is private',
  ],
  [
    "the private flag in the client's package.json",
    (f) => {
      edit(f, files.client, (p) => (p.private = true))
    },
    'src/client/package.json is private',
  ],
  [
    'a client of another version',
    (f) => {
      edit(f, files.client, (p) => (p.version = '9.9.8'))
    },
    'The version in src/client/package.json is 9.9.8: set it to 9.9.9.',
  ],
  [
    'a missing repository',
    (f) => {
      edit(f, files.package, (p) => delete p.repository)
    },
    'package.json names no repository',
  ],
  [
    'an OpenAPI document with another version',
    (f) => {
      edit(f, files.document, (d) => (d.info.version = '9.9.8'))
    },
    'info.version in openapi/openapi.yaml is 9.9.8',
  ],
  [
    'an outdated released OpenAPI document',
    (f) => {
      edit(f, files.released, (d) => (d.info.title = 'Older'))
    },
    'copy generated/openapi.json over it',
  ],
  [
    'an accepted breaking change',
    (f) => {
      writeFileSync(join(f, files.breaks), '[{"change": "x", "reason": "y"}]')
    },
    'accepted-breaks.json must be empty',
  ],
  [
    'a changelog without the version',
    (f) => {
      writeFileSync(join(f, files.changelog), '## [Unreleased]\n')
    },
    'CHANGELOG.md has no section "## [9.9.9] - <date>".',
  ],
]

test.for(forgotten)('%s fails the release check', ([, change, fault]) => {
  const folder = readyForRelease()
  change(folder)
  const { status, faults } = check(folder, 'v9.9.9')
  expect(faults).toContain(fault)
  expect(status).toBe(1)
})

test('a tag for another version fails the release check', () => {
  expect(check(readyForRelease(), 'v9.9.8').faults).toBe(
    'The tag must be v9.9.9, the version in package.json, not v9.9.8.',
  )
})
