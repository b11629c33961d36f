/**
 * Makes `generated/` from `openapi/`, and the README's table of configuration from `src/config.ts`.
 * With `--check` nothing is written: the command fails if anything that is committed differs.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { configurationTable } from '../src/config.ts'

const root = join(import.meta.dirname, '..')
const header = '// Made by `npm run generate` from openapi/. Never edited.\n'
const tableMarkers = [
  '<!-- configuration: made by `npm run generate` -->\n',
  '<!-- /configuration -->',
] as const

function redocly(...args: string[]): void {
  const manifest = createRequire(import.meta.url).resolve('@redocly/cli/package.json')
  execFileSync(process.execPath, [join(dirname(manifest), 'bin/cli.js'), ...args], {
    cwd: root,
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function bundle(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-generate-'))
  try {
    const file = join(folder, 'openapi.json')
    redocly('bundle', 'rekey', '--output', file)
    return `${JSON.stringify(JSON.parse(readFileSync(file, 'utf8')), null, 2)}\n`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function types(document: OpenAPI3): Promise<string> {
  return header + astToString(await openapiTS(document, { alphabetize: true }))
}

function registry(document: OpenAPI3): string {
  const ids = Object.values(document.paths ?? {})
    .flatMap((item) => Object.values(item as Record<string, { operationId?: string }>))
    .flatMap(({ operationId }) => operationId ?? [])
    .sort()
  const imports = ids.map((id) => `import { ${id} } from '../src/operations/${id}.ts'\n`)
  return `${header}import type { Operations } from '../src/operations/operation.ts'
${imports.join('')}
/** The handler of every operation of the document, by its operationId. */
export const operations: Operations = {
${ids.map((id) => `  ${id},\n`).join('')}}
`
}

function readme(): string {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  const start = text.indexOf(tableMarkers[0])
  const end = text.indexOf(tableMarkers[1])
  if (start < 0 || end < start) throw new Error('README.md lacks the markers of the configuration table')
  return text.slice(0, start) + tableMarkers[0] + configurationTable() + text.slice(end)
}

const check = process.argv.includes('--check')
redocly('lint', 'rekey')
const json = bundle()
const document = JSON.parse(json) as OpenAPI3
const files = {
  'generated/openapi.json': json,
  'generated/types.ts': await types(document),
  'generated/operations.ts': registry(document),
  'README.md': readme(),
}
const changed = Object.entries(files).filter(([name, text]) => {
  try {
    return readFileSync(join(root, name), 'utf8') !== text
  } catch {
    return true
  }
})
for (const [name, text] of changed) {
  if (check) {
    console.error(`${name} differs from what \`npm run generate\` makes`)
    process.exitCode = 1
  } else {
    writeFileSync(join(root, name), text)
    console.log(`wrote ${name}`)
  }
}
if (changed.length === 0) console.log('generated files are up to date')
