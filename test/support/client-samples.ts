import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { consumers } from './client-package.ts'

const installed = join(consumers, 'node_modules/rekey-client')

/** Modules that compile in every format: every `@example` of the installed package, and misuses of its types. */
export function declarations(): Record<string, string> {
  const text = readFileSync(join(installed, 'dist/types/src/client/client.d.ts'), 'utf8')
  const found = [...text.matchAll(/@example\n((?: *\* .*\n)+?) *\*\//g)].map(([, code = '']) => code)
  expect(found.length).toBeGreaterThanOrEqual(6)
  const examples = found.map(
    (code, index) => `export async function example${index}() {\n${code.replaceAll(/^ *\* /gm, '')}}\n`,
  )
  const head = `import { createClient, type Client } from 'rekey-client'\ndeclare const rekey: Client\n`
  return {
    examples: head + examples.join(''),
    misuses: readFileSync(join(consumers, 'types/misuses.ts'), 'utf8'),
  }
}

/** Modules of the TypeScript samples in the package's README and in the documentation. */
export function samples(): Record<string, string> {
  return {
    readme: samplesOf(join(installed, 'README.md')),
    page: samplesOf(join(import.meta.dirname, '../../docs/client.md')),
  }
}

function samplesOf(file: string): string {
  const found = [...readFileSync(file, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)]
  expect(found).not.toEqual([])
  return found.map(([, code]) => code).join('')
}
