import { readFileSync, realpathSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** An npm package that has code in the bundle. */
export interface BundledPackage {
  /** The absolute path of its folder. */
  folder: string
  name: string
  version: string
  /** An SPDX license expression. */
  license: string
  /** Hashes of the package's tarball, as in `sha512-<base64>`. */
  integrity: string
}

/**
 * Looks up the packages to which the files belong in `package-lock.json`.
 * @param files absolute paths; those outside `node_modules` are ignored
 * @throws Error if the lockfile lacks a package, or a package's license or hash
 */
export function bundledPackages(root: string, files: string[]): BundledPackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Partial<BundledPackage>>
  }
  // The bundler reports real paths, and `node_modules` can be a link.
  const installed = realpathSync(join(root, 'node_modules'))
  const folders = new Set(
    files.flatMap((file) => /^.*[\\/]node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0] ?? []),
  )
  const found = [...folders].map((folder) => {
    const path = `node_modules/${relative(installed, folder).replaceAll(sep, '/')}`
    const { version, license, integrity } = packages[path] ?? {}
    if (version === undefined || license === undefined || integrity === undefined)
      throw new Error(`package-lock.json does not list ${path} with its version, license and integrity`)
    return { folder, name: path.replace(/^.*node_modules\//, ''), version, license, integrity }
  })
  const byId = new Map(found.map((one) => [`${one.name}@${one.version}`, one]))
  return [...byId.keys()].sort().flatMap((id) => byId.get(id) ?? [])
}
