import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { expect } from 'vitest'
import { bundleOutput, bundleServer } from '../../scripts/server-bundle.ts'

const root = join(import.meta.dirname, '../..')

/**
 * Bundles the server again, and lists the npm packages that its code comes from by their source maps, as
 * `name@version`.
 * @param folder a built package, whose code must be the same
 */
export async function packagesInBundle(folder: string): Promise<string[]> {
  const { output } = await (await bundleServer()).generate({ ...bundleOutput, sourcemap: 'hidden' })
  const sources = output.flatMap((file) => {
    if (file.type !== 'chunk') return []
    expect(readFileSync(join(folder, 'src', file.fileName), 'utf8')).toBe(file.code)
    return file.map?.sources ?? []
  })
  const folders = sources.flatMap(
    (file) => /\bnode_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [],
  )
  return [...new Set([...folders].map(idOf))].sort()
}

/** Returns the package in a folder of this checkout as `name@version`. */
export function idOf(folder: string): string {
  const text = readFileSync(join(root, folder, 'package.json'), 'utf8')
  const { name, version } = JSON.parse(text) as { name: string; version: string }
  return `${name}@${version}`
}

/** Lists what the server in a built package imports besides its own files and Node's modules. */
export function importsOfBundle(folder: string): string[] {
  const lines = globSync('src/{main.js,server/chunks/*.js}', { cwd: folder })
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .filter((line) => !/^\s*(\*|\/\/)/.test(line))
  const imported = lines.flatMap((line) =>
    [...line.matchAll(/(?:^import |\bfrom |\bimport\(|__require\()"([^"]+)"/g)].map(([, name = '']) => name),
  )
  return [...new Set(imported)].filter((name) => !name.startsWith('.') && !isBuiltin(name)).sort()
}
