import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Returns the name, version, license and license text of every package to which the files belong. A distribution must
 * include the license texts.
 * @throws Error if a package has no license or no license text
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
    // Some packages include the license text only in their README.
    const told = [/^(licen[cs]e|notice)/i, /^readme/i]
      .map((pattern) => names.filter((file) => pattern.test(file)))
      .find((found) => found.length > 0)
    if (license === undefined || !told) throw new Error(`${folder} has no license or no license text`)
    const text = told.map((file) => readFileSync(join(folder, file), 'utf8').trim())
    return [`${name} ${version}: ${license}`, ...text].join('\n\n')
  })
  return `${[...new Set(texts)].sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
