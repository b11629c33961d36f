/**
 * Checks the repository's prose against `terms.ts`, and prints every old term with its file and line. The arguments are
 * the files or folders to check; by default, all files.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { findOldTerms } from './find-old-terms.ts'

const skipped = [
  /^generated\//,
  /^test\/reference\//, // the owner's page stays word for word
  /^(?:scripts\/prose\/terms|test\/scripts\/prose\.test)\.ts$/, // these files quote the old terms
  /\.(?:svg|png|ico)$|(?<!accepted-breaks)\.json$/,
  /^LICENSE$/,
]

const listed = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...process.argv.slice(2)]
const files = execFileSync('git', listed, { encoding: 'utf8' })
  .split('\n')
  .filter((file) => existsSync(file) && !skipped.some((pattern) => pattern.test(file)))

let count = 0
for (const file of files)
  for (const { line, message } of await findOldTerms(file, readFileSync(file, 'utf8'))) {
    console.error(`${file}:${line}: ${message}`)
    count++
  }
console.log(`prose: ${count} old terms in ${files.length} files`)
process.exitCode = count > 0 ? 1 : 0
