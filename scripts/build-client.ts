/**
 * Builds `src/client/dist/`, the code of the package `rekey-client`, for ES modules and CommonJS. `npm pack
 * ./src/client` runs it, and removes the folder again.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import ts from 'typescript'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'src/client/dist')
rmSync(dist, { recursive: true, force: true })

const bundle = await rolldown({ input: join(root, 'src/client/client.ts'), external: ['openapi-fetch'] })
const { output } = await bundle.write({ file: join(dist, 'client.js'), format: 'esm' })
// Not by Rolldown, which, like Node in ES modules, would treat a whole CommonJS module as its default export.
const { outputText } = ts.transpileModule(output[0].code, {
  compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
})
writeFileSync(join(dist, 'client.cjs'), outputText)

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const options = ['--noEmit', 'false', '--emitDeclarationOnly', '--outDir', join(dist, 'types')]
execFileSync(process.execPath, [tsc, '--project', 'src/client', ...options], { cwd: root, stdio: 'inherit' })

// There is one set of types, for CommonJS: ES modules can import CommonJS types, but not vice versa.
mkdirSync(join(dist, 'types'), { recursive: true })
writeFileSync(join(dist, 'types/package.json'), '{ "type": "commonjs" }\n')
for (const file of ['client.d.ts', 'client.d.cts'])
  writeFileSync(join(dist, file), "export * from './types/src/client/client.js'\n")
