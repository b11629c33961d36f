import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '../..')
const texts = globSync(
  [
    '*.md',
    '{docs,examples,deploy,openapi,src,scripts,.github}/**/*.{md,ts,cjs,mjs,js,html,json,yaml,yml,service}',
    'Dockerfile',
    'compose.yaml',
  ],
  { cwd: root, exclude: ['**/node_modules/**'] },
)

/**
 * Matches commands that fetch the npm package `rekey`, which is someone else's. Does not match `npx --no`, which runs
 * installed packages only, or `npx --package=rekey-server rekey`, which fetches our package.
 */
const fetchesStranger =
  /\bnpx (?:(?:-y|--yes|--) )*rekey(?![\w-])|\bnpm (?:exec|x) (?:(?:-y|--yes|--) )*rekey(?![\w-])|\b(?:npm (?:i|install|add)|pnpm (?:add|dlx)|yarn (?:add|dlx)|bunx) (?:-\S+ )*rekey(?![\w-])/

test('the package is called rekey-server, and its only command is rekey', () => {
  expect(packageJson.name).toBe('rekey-server')
  expect(Object.keys(packageJson.bin)).toEqual(['rekey'])
})

test.for([
  'npx rekey keygen',
  'npx -y rekey',
  'npx --yes -- rekey token',
  'npm exec -- rekey',
  'npm install rekey',
  'npm i -g rekey',
  'pnpm dlx rekey',
])('flags `%s` as a command that fetches another package', (command) => {
  expect(command).toMatch(fetchesStranger)
})

test.for([
  'npx --no -- rekey keygen',
  'npx --package=rekey-server rekey keygen',
  'npm install rekey-server',
  'npm run --silent rekey -- token',
])('does not flag `%s` as a command that fetches another package', (command) => {
  expect(command).not.toMatch(fetchesStranger)
})

test("no file suggests a command that fetches someone else's package", () => {
  expect(texts.length).toBeGreaterThan(200)
  const found = texts.flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n')
    return lines.flatMap((line, index) => (fetchesStranger.test(line) ? `${file}:${index + 1}` : []))
  })
  expect(found).toEqual([])
})
