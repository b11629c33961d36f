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
 * Commands that fetch `rekey` from npm, which is someone else's package. `npx --no` runs only what is installed, and
 * `npx --package=rekey-server rekey` names ours.
 */
const fetchesStranger =
  /\bnpx (?:(?:-y|--yes|--) )*rekey(?![\w-])|\bnpm (?:exec|x) (?:(?:-y|--yes|--) )*rekey(?![\w-])|\b(?:npm (?:i|install|add)|pnpm (?:add|dlx)|yarn (?:add|dlx)|bunx) (?:-\S+ )*rekey(?![\w-])/

test('the package and its command have names of their own', () => {
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
])('finds `%s`', (command) => {
  expect(command).toMatch(fetchesStranger)
})

test.for([
  'npx --no -- rekey keygen',
  'npx --package=rekey-server rekey keygen',
  'npm install rekey-server',
  'npm run --silent rekey -- token',
])('allows `%s`', (command) => {
  expect(command).not.toMatch(fetchesStranger)
})

test("no text suggests a command that fetches a stranger's code", () => {
  expect(texts.length).toBeGreaterThan(200)
  const found = texts.flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n')
    return lines.flatMap((line, index) => (fetchesStranger.test(line) ? `${file}:${index + 1}` : []))
  })
  expect(found).toEqual([])
})
