import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The names, versions and licences of the packages that files belong to, each with the text that has to go
 * along with what is made of it.
 * @throws Error that names a package which tells nothing of its licence
 */
export function licensesOf(files: string[]): string {
  const folders = new Set(
    files.flatMap((file) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  )
  const texts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as Record<string, string>
    const names = readdirSync(folder)
    // Some have it at the end of the other file only.
    const told = [/^(licen[cs]e|notice)/i, /^readme/i]
      .map((pattern) => names.filter((file) => pattern.test(file)))
      .find((found) => found.length > 0)
    if (license === undefined || !told) throw new Error(`${folder} tells nothing of its licence`)
    const text = told.map((file) => readFileSync(join(folder, file), 'utf8').trim())
    return [`${name} ${version}: ${license}`, ...text].join('\n\n')
  })
  return `${[...new Set(texts)].sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
