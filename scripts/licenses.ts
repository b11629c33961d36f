import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BundledPackage } from './bundled-packages.ts'

/**
 * Returns the name, version, license and license text of every package. A distribution must include the license texts.
 * @throws Error if a package has no license text
 */
export function licensesOf(packages: BundledPackage[]): string {
  const texts = packages.map(({ folder, name, version, license }) => {
    const names = readdirSync(folder)
    // Some packages include the license text only in their README.
    const told = [/^(licen[cs]e|notice)/i, /^readme/i]
      .map((pattern) => names.filter((file) => pattern.test(file)))
      .find((found) => found.length > 0)
    if (!told) throw new Error(`${folder} has no license text`)
    const text = told.map((file) => readFileSync(join(folder, file), 'utf8').trim())
    return [`${name} ${version}: ${license}`, ...text].join('\n\n')
  })
  return `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
