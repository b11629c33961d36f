import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import document from '../../generated/openapi.json' with { type: 'json' }
import packageJson from '../../package.json' with { type: 'json' }
import bench from '../../docs/bench.json' with { type: 'json' }
import { toMarkdown, toSummary, type Run } from '../../scripts/bench/report.ts'
import { toSizes } from '../../scripts/bench/sizes.ts'
import { RekeyApiError } from '../../src/client/api-error.ts'
import { fileVariables, variables } from '../../src/config/variables.ts'
import { code, codeBlocks, inlineCode, pages, project, readPage, section } from '../support/documentation.ts'
import { scopes as allScopes } from '../../generated/scopes.ts'

/** Searches the code on each page. @returns the first group of each match, with its page */
function named(pattern: RegExp, find = code): { page: string; name: string }[] {
  return pages.flatMap((page) =>
    find(readPage(page)).flatMap((text) =>
      [...text.matchAll(pattern)].map(([, name = '']) => ({ page, name })),
    ),
  )
}

/** Returns the names that do not exist, each with its page. */
function unknown(names: { page: string; name: string }[], exists: (name: string) => boolean): string[] {
  return names.filter(({ name }) => !exists(name)).map(({ page, name }) => `${page}: ${name}`)
}

const read = (file: string) => readFileSync(join(project, file), 'utf8')

const commands = globSync('src/commands/*.ts', { cwd: project })
  .map((file) => basename(file, '.ts'))
  .filter((name) => name !== 'command-line')

/** Returns a command's help, or an empty string if the command does not exist. */
async function help(command: string): Promise<string> {
  if (!commands.includes(command)) return ''
  return ((await import(join(project, `src/commands/${command}.ts`))) as { usage: string }).usage
}

test('every file named in the docs exists', () => {
  const folders = 'src|test|scripts|openapi|generated|deploy|docs|examples|\\.ci|\\.github'
  const paths = named(new RegExp(`(?<![\\w./-])((?:${folders})/[\\w./-]*\\w/?)(?![\\w*<>{])`, 'g'))
  const files = named(/(?<![\w./-])(Dockerfile|Caddyfile|compose\.yaml|package\.json)(?![\w/])/g)
  expect(paths.length).toBeGreaterThan(20)
  // URL paths under `/docs` begin with a slash, so the pattern does not match them.
  expect(
    unknown([...paths, ...files], (path) => path === 'Caddyfile' || existsSync(join(project, path))),
  ).toEqual([])
})

test('every `rekey` command in the docs exists, and its help lists the options that the docs use', async () => {
  const program = '(?<!exec |--namespace |schema )rekey(?: --)?|main\\.(?:js|ts)|docker run --rm rekey'
  const call = new RegExp(`(?:^|[\\s(])(?:${program}) +([a-z]+\\b[^\\n|);>]*)`, 'gm')
  const calls = pages.flatMap((page) =>
    [...codeBlocks(readPage(page), 'sh', 'shell'), ...inlineCode(readPage(page))]
      // Quoted arguments, such as the command for `--exec`, have options of their own.
      .map((text) => text.replace(/\\\n\s*/g, ' ').replace(/'[^'\n]*'/g, "''"))
      .flatMap((text) => [...text.matchAll(call)].map(([, words = '']) => ({ page, words }))),
  )
  expect(calls.length).toBeGreaterThan(20)
  const faults = await Promise.all(
    calls.map(async ({ page, words }) => {
      const [command = ''] = words.split(' ')
      const text = await help(command)
      if (text === '') return [`${page}: rekey ${command}`]
      return [...words.matchAll(/(?<=\s)--[a-z][a-z-]*/g)]
        .filter(([option]) => !text.includes(option))
        .map(([option]) => `${page}: rekey ${command} ${option}`)
    }),
  )
  expect(faults.flat()).toEqual([])
})

test("the README's command table lists every command and no others", () => {
  const [, table = ''] = /\n\| command (.*?)\n\n/s.exec(readPage('README.md')) ?? []
  const listed = [...table.matchAll(/^\| `([a-z]+)/gm)].map(([, name]) => name)
  expect(listed.sort()).toEqual(commands.sort())
})

test('docs/tokens.md lists every option of `rekey token`', async () => {
  const options = [...(await help('token')).matchAll(/^ {2}(--\S+(?: [A-Z]+)?)/gm)].map(
    ([, option]) => option,
  )
  const listed = [...readPage('docs/tokens.md').matchAll(/^\| `(--[^`]+)`/gm)].map(([, option]) => option)
  expect(listed).toEqual(options)
})

test('every npm script named in the docs exists', () => {
  const scripts = named(/\bnpm run (?:--?\w+ )*([a-z][\w:]*)/g)
  expect(scripts.length).toBeGreaterThan(5)
  expect(unknown(scripts, (name) => name in packageJson.scripts)).toEqual([])
})

test('every REKEY_ and DATABASE_ variable named in the docs exists', () => {
  // The examples read variables of their own.
  const names = named(/\b((?:REKEY|DATABASE)_[A-Z_]+[A-Z])\b/g).filter(
    ({ page }) => !page.startsWith('examples/'),
  )
  expect(names.length).toBeGreaterThan(30)
  const inFile = fileVariables.map((name) => `${name}_FILE`)
  expect(unknown(names, (name) => name in variables.shape || inFile.includes(name))).toEqual([])
})

test('every scope and operationId named in the docs is in the OpenAPI document', () => {
  const scopes = named(/\b((?:applications|webhooks|secrets|messages|events):[a-z]+)\b/g)
  expect(scopes.length).toBeGreaterThan(20)
  expect(unknown(scopes, (scope) => allScopes.includes(scope))).toEqual([])
  const operations = JSON.stringify(document)
  const ids = named(/\b((?:rotate|revoke|probe|sign|verify|list|get|put|delete)[A-Z]\w+)\b/g)
  expect(unknown(ids, (id) => operations.includes(`"operationId":"${id}"`))).toEqual([])
})

test('docs/troubleshooting.md explains every verdict and verification reason, and quotes only real 401 reasons', () => {
  const page = readPage('docs/troubleshooting.md')
  const { ProbeMessage, Verification } = document.components.schemas
  const reasons = Verification.properties.reason.oneOf.flatMap((schema) =>
    'enum' in schema ? schema.enum : [],
  )
  const explained = [...ProbeMessage.properties.verdict.enum, ...reasons]
  expect(explained.length).toBeGreaterThan(10)
  expect(explained.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  // In the table, an ellipsis stands for the part of a message that varies by request.
  const [, table = ''] = /^\| reason .*?\n(.*?)\n\n/ms.exec(page) ?? []
  const texts = [...table.matchAll(/^\| `(.+?) ?…?` +\|/gm)].map(([, text = '']) => text)
  const sources = globSync(
    ['src/http/authentication/*.ts', 'src/domain/invitation.ts', 'src/operations/shared/invited.ts'],
    { cwd: project },
  )
    .map(read)
    .join('')
  expect(texts.length).toBeGreaterThan(10)
  expect(texts.filter((text) => !sources.includes(text))).toEqual([])
})

test('the documented container commands match Dockerfile and compose.yaml', () => {
  const docker = codeBlocks(readPage('README.md'), 'sh').find((block) => block.startsWith('docker')) ?? ''
  const [run = ''] = docker.split('docker exec')
  const options = [...run.matchAll(/(?<=\s)--(?!detach|name)[a-z-]+/g)].map(([option]) => option)
  expect(options.length).toBeGreaterThan(7)
  expect(options.filter((option) => !read('Dockerfile').includes(option))).toEqual([])

  const operations = codeBlocks(readPage('docs/operations.md'), 'sh')
  const compose = operations.find((block) => block.includes('docker compose')) ?? ''
  const names = compose.match(/(?<=> )secrets\/(?!rekey\.env)\w+|(?<=@)postgres\b/g) ?? []
  expect(new Set(names).size).toBe(5)
  expect(names.filter((name) => !read('compose.yaml').includes(name))).toEqual([])
})

test("the client's README names every property of its errors", () => {
  const none = { status: 0, error: '', requestId: null, retryAfter: null, reason: null }
  const named = inlineCode(read('src/client/README.md'))
  expect(named).toEqual(expect.arrayContaining(Object.keys(none)))
  expect(Object.keys(new RekeyApiError('', none)).sort()).toEqual(['name', ...Object.keys(none)].sort())
})

test("docs/dependencies.md lists exactly the package's dependencies", () => {
  const listed = [...readPage('docs/dependencies.md').matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )
  const { dependencies, optionalDependencies } = packageJson
  expect(listed.sort()).toEqual(Object.keys({ ...dependencies, ...optionalDependencies }).sort())
})

test('docs/benchmarks.md, docs/capacity.md and the README show the results in docs/bench.json', () => {
  const run = bench as unknown as Run
  expect(section('docs/benchmarks.md', 'speed')).toBe(toMarkdown(run))
  expect(section('docs/capacity.md', 'sizes')).toBe(toSizes(run))
  expect(section('README.md', 'performance')).toBe(toSummary(run))
})

test('the README has at most 180 lines and shows the commands that start and test Rekey', () => {
  const readme = readPage('README.md')
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(180)
  expect(readme).toContain('npm ci && npm start')
  expect(readme).toContain('npm ci && npm test')
})
