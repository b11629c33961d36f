/** The properties of a `package.json` that the build reads. */
export interface Manifest {
  name: string
  version: string
  license: string
  dependencies: Record<string, string>
}

/**
 * Properties that only a checkout needs. `node` is an optional dependency: in a user's project, it would replace the
 * user's Node.
 */
const ofCheckouts = ['scripts', 'optionalDependencies', 'devDependencies', 'allowScripts']

/**
 * Returns the `package.json` of the package in `dist/`. It is the checkout's, with paths relative to `dist/`, and
 * depends only on what the bundle cannot hold.
 * @param needed the names of those dependencies
 * @throws Error if the checkout does not depend on one of them
 */
export function publishedManifest(checkout: Manifest, needed: string[]): Manifest {
  const kept = Object.entries(checkout).filter(([name]) => !ofCheckouts.includes(name))
  const dependencies = needed.map((name) => {
    const version = checkout.dependencies[name]
    if (version === undefined) throw new Error(`${name} is not in the dependencies of package.json`)
    return [name, version] as const
  })
  const manifest = { ...Object.fromEntries(kept), dependencies: Object.fromEntries(dependencies) }
  return JSON.parse(JSON.stringify(manifest).replaceAll('dist/', '')) as Manifest
}
