/**
 * Generates `generated/` from `openapi/`, and sections of docs/: code samples and the operations table from `openapi/`,
 * the configuration table from `src/config/variables.ts`. With `--check` it writes nothing, and fails if a committed
 * file differs.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { configurationTable } from './configuration-table.ts'
import { withSections } from './page-section.ts'
import { redocly } from './redocly.ts'

const root = join(import.meta.dirname, '..')
const command = 'npm run generate'
const header = '// Made by `npm run generate` from openapi/. Never edited.\n'

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

interface Operation {
  method: string
  path: string
  operationId: string
  summary: string
  security: { bearerAuth: string[] }[]
  'x-codeSamples'?: { lang: string; label: string; source: string }[]
}

function operationsOf(document: OpenAPI3): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>)
      .filter(([key]) => key !== 'parameters')
      .map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  )
}

function registry(operations: Operation[]): string {
  const ids = operations.map(({ operationId }) => operationId).sort()
  const imports = ids.map((id) => `import { ${id} } from '../src/operations/${id}.ts'\n`)
  return `${header}import type { Operations } from '../src/operations/shared/operation.ts'
${imports.join('')}
/** The handler of every operation of the document, by its operationId. */
export const operations: Operations = {
${ids.map((id) => `  ${id},\n`).join('')}}
`
}

function operationsTable(operations: Operation[]): string {
  const rows = operations.map(({ method, path, summary, security }) => {
    const scopes = security.flatMap(({ bearerAuth }) => bearerAuth)
    return `| \`${method} ${path}\` | ${summary} | \`${scopes.join(' ')}\` |\n`
  })
  return `| operation | what it does | scope |\n| --- | --- | --- |\n${rows.join('')}`
}

function codeSamples(operations: Operation[]): string {
  return operations
    .flatMap((operation) => operation['x-codeSamples'] ?? [])
    .map(({ lang, label, source }) => `${label}:\n\n\`\`\`${lang.toLowerCase()}\n${source}\`\`\`\n`)
    .join('\n')
}

const check = process.argv.includes('--check')
redocly('lint')
const json = bundle()
const document = JSON.parse(json) as OpenAPI3
const operations = operationsOf(document)
const files = {
  'generated/openapi.json': json,
  'generated/types.ts': await types(document),
  'generated/operations.ts': registry(operations),
  'docs/api.md': withSections('docs/api.md', command, {
    samples: codeSamples(operations),
    operations: operationsTable(operations),
  }),
  'docs/configuration.md': withSections('docs/configuration.md', command, {
    configuration: configurationTable(),
  }),
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
