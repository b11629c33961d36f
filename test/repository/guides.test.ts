import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const guides = ['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/debugging.md', 'examples/README.md']

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name)

test.for(guides)('%s links only to files and sections that exist', (guide) => {
  const links = matches(read(guide), /\]\((?!https:)([^)]+)\)/g)
  const broken = links.filter((link) => {
    const [path = '', section] = link.split('#')
    const file = path === '' ? guide : join(dirname(guide), path)
    if (!existsSync(join(root, file))) return true
    return section !== undefined && !headings(read(file)).includes(section)
  })
  expect(broken).toEqual([])
})

test.for(guides)('%s names only files and npm scripts that exist', (guide) => {
  const code =
    matches(read(guide), /`([^`]+)`/g).join('\n') +
    matches(read(guide), /^```\w+\n(.*?)^ *```$/gms).join('\n')
  const files = matches(
    code,
    /(?<![\w/.-])((?:src|test|scripts|openapi|examples|docs|\.github|\.ci)\/[\w./-]*\w)/g,
  )
  const missing = files.filter((file) => !existsSync(join(root, file)))
  expect(missing).toEqual([])
  const scripts = matches(code, /npm run (?:--silent |-s )?([\w:]+)/g)
  expect(scripts.filter((script) => !(script in packageJson.scripts))).toEqual([])
})

test('the variables and the source line that docs/debugging.md mentions exist in the code', () => {
  const guide = read('docs/debugging.md')
  const support = globSync('test/support/*.ts', { cwd: root }).map(read).join('\n')
  for (const name of ['TEST_POSTGRES_URL', 'FAST_CHECK', 'KEEP_DATABASES']) {
    expect(guide).toContain(name)
    expect(support).toContain(`process.env['${name}']`)
  }
  const [line = ''] = matches(guide, /^( *const database = .*)$/gm)
  expect(read('src/store/sqlite/connection.ts')).toContain(line.replace(', verbose: console.error', ''))
})

test('the changelog has sections for unreleased changes and for the version in package.json', () => {
  const changelog = read('CHANGELOG.md')
  expect(changelog).toMatch(/^## \[Unreleased\]$/m)
  expect(changelog).toContain(`## [${packageJson.version}] - `)
})

/** Returns the anchors that GitHub gives a page's headings. */
function headings(markdown: string): string[] {
  return matches(markdown, /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
}
