import { randomUUID } from 'node:crypto'
import type { BundledPackage } from './bundled-packages.ts'
import type { Manifest } from './manifest.ts'

type Named = Pick<BundledPackage, 'name' | 'version' | 'license'>

/**
 * Describes a bundle as CycloneDX 1.6, so that scanners find the packages whose code is in it. The packages that the
 * manifest depends on are not listed, because scanners find those where they are installed.
 * https://cyclonedx.org/docs/1.6/json/
 */
export function sbomOf(manifest: Manifest, packages: BundledPackage[]): object {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${randomUUID()}`,
    version: 1,
    metadata: {
      timestamp: new Date().toISOString(),
      lifecycles: [{ phase: 'build' }],
      component: { type: 'application', ...identityOf(manifest) },
    },
    components: packages.map((one) => ({
      type: 'library',
      ...identityOf(one),
      hashes: [{ alg: 'SHA-512', content: hexOf(one.integrity) }],
    })),
  }
}

function identityOf({ name, version, license }: Named) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const isExpression = license.includes(' ')
  return {
    'bom-ref': purl,
    name,
    version,
    licenses: [isExpression ? { expression: license } : { license: { id: license } }],
    purl,
  }
}

function hexOf(integrity: string): string {
  return Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
}
